import Testing

@testable import Gateway

/// Rules that settings of one kind of upstream must keep.
@Suite("Rules of upstreams")
struct ConfigUpstreamsTests {
    /// The mistakes of an upstream with these members, in a configuration that is sound otherwise.
    private func mistakes(_ members: String) -> [String] {
        ConfigFixture.mistakes(
            ConfigFixture.root(["upstreams": #"{ "echo": { "kind": "echo" }, "up": { \#(members) } }"#]),
            environment: ["KEY": "k"])
    }

    @Test(
        "A program is named by its whole path",
        arguments: [
            (#"["/bin/cat"]"#, []), (#"["/bin/cat"], "directory": "/", "environment": { "A": "b" }"#, []),
            (#"["cat"]"#, [#"command[0]: expected an absolute path, found "cat""#]),
            (#"["/bin/cat"], "directory": "here""#, ["directory: expected an absolute path"]),
            (
                #"["/bin/cat"], "environment": { "A=B": "c" }"#,
                [#"environment["A=B"]: expected the name of an environment variable"#]
            ),
        ])
    func command(_ members: String, _ expected: [String]) {
        let found = mistakes(#""kind": "command", "command": \#(members)"#)
        #expect(found == expected.map { "upstreams.up.\($0)" })
    }
}
