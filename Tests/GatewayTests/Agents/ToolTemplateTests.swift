import Testing
import Upstreams

@testable import Gateway

/// Where the arguments of a call stand in an HTTP tool's request, and where its result in the answer.
struct ToolTemplateTests {
    private let parser = JSONParser()

    private func json(_ text: String) throws -> JSONValue {
        try ByteBuffer(Array(text.utf8)).withBytes { try parser.parse($0).root }
    }

    @Test(arguments: [
        ("https://h/a?city={city}", #"{"city":"Köln am Rhein"}"#, "/a?city=K%C3%B6ln%20am%20Rhein"),
        ("https://h/a?city={city}&n={n}&x=1", #"{"n":3}"#, "/a?n=3&x=1"),
        ("https://h/a?q={q}", #"{"q":"a&b=c#d/e?f%+"}"#, "/a?q=a%26b%3Dc%23d%2Fe%3Ff%25%2B"),
        ("https://h/{id}/x", #"{"id":"a/b"}"#, "/a%2Fb/x"), ("https://h/v{n}", #"{"n":-1.5e3}"#, "/v-1.5e3"),
        ("https://h/{a}-{b}", #"{"a":true,"b":"..","c":1}"#, "/true-.."), ("https://h", "{}", "/"),
        ("https://h?q={q}", #"{"q":""}"#, "/?q="), ("https://h/a?q={q}", #"{"q":null}"#, "/a"),
    ])
    func `arguments stand percent-encoded in path and query`(
        _ url: String, _ arguments: String, _ target: String
    ) throws {
        #expect(try #require(ToolURL(url)).target(json(arguments)) == target)
    }

    @Test(arguments: [
        ("https://h/{id}", "{}"), ("https://h/{id}", #"{"id":".."}"#), ("https://h/{id}/x", #"{"id":"."}"#),
        ("https://h/{id}", #"{"id":""}"#), ("https://h/a?q={q}", #"{"q":["x"]}"#), ("https://h/a?q={q}", #"{"q":{}}"#),
    ])
    func `an argument that has no place in a path or query is refused`(_ url: String, _ arguments: String) throws {
        let url = try #require(ToolURL(url))
        let value = try json(arguments)
        #expect(throws: ToolFault.self) { try url.target(value) }
    }

    @Test(arguments: [
        "", "h/a", "ftp://h/a", "https://{host}/a", "https://h.{domain}/a", "https://h:{port}/", "https://u@h/a",
        "https://h/a#f", "https://h/a b", "{scheme}://h/", "https:///a", "https://h\\@i/",
    ])
    func `an address whose host does not stand fast is none`(_ text: String) {
        #expect(ToolURL(text) == nil)
    }

    @Test func `the origin and the names of an address`() throws {
        let url = try #require(ToolURL("HTTPS://Host:8443/{a}?b={b}&c={a}"))
        #expect(url.origin == "https://Host:8443")
        #expect(url.names == ["a", "b"])
    }

    @Test(arguments: [
        (#"{"q":"{q}","n":"{n}"}"#, #"{"q":"x","n":5}"#, #"{"q":"x","n":5}"#),
        (#"{"text":"find {q} now"}"#, #"{"q":"a \"b\"\n"}"#, #"{"text":"find a \"b\"\n now"}"#),
        (#"{"list":["{l}",1,true,null,{}],"e":[]}"#, #"{"l":[1,2]}"#, #"{"list":[[1,2],1,true,null,{}],"e":[]}"#),
        (#"{"a":"{a}"}"#, "{}", #"{"a":null}"#), (#"{"a":"x{a}"}"#, "{}", #"{"a":"x"}"#),
        (#"{"a":"{ not } {}"}"#, "{}", #"{"a":"{ not } {}"}"#),
    ])
    func `arguments stand in the strings of a body`(_ template: String, _ arguments: String, _ expected: String) throws
    {
        let body = try ToolBody(json(template))
        let value = try json(arguments)
        var output = ByteBuffer()
        try body.write(value, to: &output)
        #expect(output.text == expected)
    }

    @Test(
        arguments: [
            ("", #"{"a":{"b":[10,{"c/d":"x","~":1}]}}"#), ("/a/b/0", "10"), ("/a/b/1/c~1d", "\"x\""),
            ("/a/b/1/~0", "1"),
            ("/a/b/2", nil), ("/a/b/01", nil), ("/a/b/-", nil), ("/x", nil), ("/a/b/0/z", nil),
        ] as [(String, String?)])
    func `a pointer finds its value`(_ pointer: String, _ expected: String?) throws {
        let root = try json(#"{"a":{"b":[10,{"c/d":"x","~":1}]}}"#)
        #expect(try #require(JSONPointer(pointer)).find(in: root)?.sourceText == expected)
    }

    @Test(arguments: ["a", "a/b", "/~", "/~2"])
    func `what is no pointer is refused`(_ text: String) { #expect(JSONPointer(text) == nil) }
}
