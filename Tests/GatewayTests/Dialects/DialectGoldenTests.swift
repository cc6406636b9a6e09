import Glibc
import Testing

@testable import Gateway

/// Every dialect says exactly what its transcripts say. `SLUICE_UPDATE_GENERATED=1` writes the answers anew.
struct DialectGoldenTests {
    private static let models = ["echo", "failing", "refusing", "script"]

    private static func configuration(_ model: String) -> String {
        ConfigFixture.root([
            "upstreams": #"""
            { "echo": { "kind": "echo" }, "failing": { "kind": "echo", "fail_after": 2 },
              "refusing": { "kind": "echo", "status": 429 },
              "script": { "kind": "echo", "script": [{ "match": "", "reply": "A \"quoted\"\n\u00fcmlaut \u2713" }] } }
            """#,
            "models": "["
                + models.map { #"{ "name": "\#($0)", "targets": [{ "upstream": "\#($0)" }] }"# }.joined(separator: ",")
                + "]",
            "dialects": #"""
            { "question": { "model": "\#(model)", "system": "Be brief." }, "ask": { "model": "\#(model)" },
              "code": { "model": "\#(model)", "backoff_ms": 0, "max_prompt_bytes": 30 } }
            """#,
        ])
    }

    @Test(arguments: try GoldenTranscript.all())
    func `an exchange goes as its transcript says`(transcript: GoldenTranscript) throws {
        let fixture = try ServiceFixture(Self.configuration(transcript.model))
        let answer = GoldenTranscript.normalized(try fixture.answer(to: transcript.request))
        if unsafe getenv("SLUICE_UPDATE_GENERATED") != nil { return try transcript.update(answer) }
        #expect(answer == transcript.answer)
    }
}
