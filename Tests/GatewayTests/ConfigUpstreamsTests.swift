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

    private static let signed = #""access_key_id": "AKID", "secret_access_key": { "env": "KEY" }, "region": "r-1""#

    @Test(
        "Calls of Bedrock are signed or show a key, and go to a host alone",
        arguments: [
            (#""https://a", \#(signed)"#, []),
            (#""https://a", \#(signed), "session_token": { "env": "KEY" }"#, []),
            (#""https://a", "api_key": { "env": "KEY" }"#, []),
            (#""https://a", "api_keys": [{ "env": "KEY" }]"#, []),
            (
                #""https://a", "region": "r-1""#,
                [
                    "access_key_id: missing; it is required without api_key",
                    "secret_access_key: missing; it is required without api_key",
                ]
            ),
            (
                #""https://a", "api_key": { "env": "KEY" }, "region": "r-1""#,
                ["region: calls that show api_key are not signed; give one or the other"]
            ),
            (#""https://a/b", \#(signed)"#, ["base_url: expected a URL without a path, and without the port 443"]),
            (#""https://a:443", \#(signed)"#, ["base_url: expected a URL without a path, and without the port 443"]),
        ])
    func bedrock(_ members: String, _ expected: [String]) {
        let found = mistakes(#""kind": "bedrock", "base_url": \#(members)"#)
        #expect(found == expected.map { "upstreams.up.\($0)" })
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

    @Test(
        "A provider of jobs tells of them somewhere, and its paths have known places alone",
        arguments: [
            (#""poll": { "path": "/j/{job}?m={model}" }, "pointers": { "result": "/r" }"#, []),
            (#""events": "/j/{job}/events", "pointers": { "delta": "/d" }"#, []),
            (#""pointers": { "result": "/r" }"#, ["poll: missing; it is required without events"]),
            (
                #""poll": { "path": "/j" }, "pointers": { "delta": "/d" }"#,
                ["pointers.delta: pieces of text come in events alone"]
            ),
            (#""poll": { "path": "/j" }"#, ["pointers: expected at least one of result, text and delta"]),
            (
                #""poll": { "path": "/j/{id}" }, "pointers": { "text": "r" }"#,
                [
                    #"poll.path: expected a path that may have a query, and places for {job} and {model}, "#
                        + #"found "/j/{id}""#,
                    #"pointers.text: expected a JSON pointer such as "/current", found "r""#,
                ]
            ),
        ])
    func jobs(_ members: String, _ expected: [String]) {
        let found = mistakes(
            #""kind": "http_task", "base_url": "https://a", "submit": { "path": "/j" }, \#(members)"#)
        #expect(Set(found) == Set(expected.map { "upstreams.up.\($0)" }))
    }

    @Test("A job is submitted somewhere, and the job's own name is not known yet")
    func submission() {
        let rest = #""poll": { "path": "/j" }, "pointers": { "result": "/r" }"#
        let head = #""kind": "http_task", "base_url": "https://a""#
        #expect(mistakes("\(head), \(rest)") == ["upstreams.up.submit: missing; it is required"])
        #expect(
            mistakes(#"\#(head), "submit": { "path": "/{job}" }, \#(rest)"#) == [
                #"upstreams.up.submit.path: expected a path that may have a query, and places for {model}, "#
                    + #"found "/{job}""#
            ])
    }
}
