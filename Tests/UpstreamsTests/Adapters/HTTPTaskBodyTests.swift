import Testing

@testable import Upstreams

/// What a job is submitted with.
struct HTTPTaskBodyTests {
    private func filled(_ template: String, _ members: String = "") throws -> String {
        let body = HTTPTaskBody(template: try JSONParser().parse(template).root)
        let request = try ChatRequest.saying("h\"ü", members)
        return String(decoding: body.filled(for: request, model: "big").copy(), as: UTF8.self)
    }

    @Test(arguments: [
        (#"{"p":"{prompt}","m":"{model}","r":"{request_id}"}"#, #"{"p":"h\"ü","m":"big","r":"req_1"}"#),
        (#"{"t":"{temperature}","u":"{top_p}","n":{"x":"{stop}"}}"#, #"{"t":1.50,"n":{"x":["a"]}}"#),
        (#"["{top_p}","{temperature}",1.0,null,true,"","a{b"]"#, #"[1.50,1.0,null,true,"","a{b"]"#),
        (#"{"q":"{model}: {prompt} at {temperature}{top_p}, {user}"}"#, #"{"q":"big: h\"ü at 1.50, \"t\""}"#),
        (#"{"u":"{user}"}"#, #"{"u":"\"t\""}"#),
    ])
    func `places are filled with what is asked`(template: String, body: String) throws {
        #expect(try filled(template, #","temperature":1.50,"top_p":null,"stop":["a"],"user":"\"t\"""#) == body)
    }

    @Test func `the messages travel as they are`() throws {
        #expect(try filled(#"{"m":"{messages}"}"#) == #"{"m":[{"role":"user","content":"h\"ü"}]}"#)
    }

    @Test func `a model's name leads nowhere else`() throws {
        let fixture = HTTPTaskFixture()
        try fixture.provider.start(model: "../x?y")
        #expect(fixture.asked == ["POST /jobs?by=..%2Fx%3Fy"])
    }
}
