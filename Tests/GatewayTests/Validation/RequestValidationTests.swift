import Policies
import Testing
import Upstreams

@testable import Gateway

/// The validator over the gateway's own documents.
struct RequestValidationTests {
    private func verdict(_ json: String, _ settings: ValidationSettings = ValidationSettings()) throws -> Refusal? {
        let body = ByteBuffer(Array(json.utf8))
        let document = try body.withBytes { (bytes) throws(JSONError) in try JSONParser().parse(bytes) }
        do {
            try RequestValidator(settings).validate(.chat(document))
            return nil
        } catch {
            return error
        }
    }

    @Test("a sound request passes, escapes and all kinds of values included")
    func sound() throws {
        let refusal = try verdict(
            #"""
            {"model": "m", "mess\u0061ges": [{"r\u006fle": "us\u0065r", "content": "a\nb"}], "temperature": 1e0,
             "n": 1, "seed": -5, "stream": true, "stop": ["\u20ac"], "x": {"deep": [null, false, 1.5]}, "user": null}
            """#)
        #expect(refusal == nil)
    }

    @Test(
        "every mistake is found in a document as well",
        arguments: [
            (#"{"model": "m", "messages": [{"role": "b\u006ft", "content": "x"}]}"#, "messages[0].role"),
            (
                #"{"model": "m", "messages": [{"role": "user", "content": [{"type": "text", "text": 1}]}]}"#,
                "messages[0].content[0].text"
            ),
            (#"{"model": "m", "messages": [{"role": "user", "content": "x"}], "n": 18446744073709551615}"#, "n"),
            (#"{"model": "m", "messages": [{"role": "user", "content": "x"}], "n": 2.0}"#, "n"),
            (
                #"{"model": "m", "messages": [{"role": "user", "content": "x"}], "logit_bias": {"1": 1e300}}"#,
                "logit_bias.1"
            ),
            (#"{"model": "m", "messages": [{"role": "user", "content": "x"}], "top_p": -1e400}"#, "top_p"),
            (#"{"model": "m", "messages": [{"role": "user", "content": "x"}], "m\u006fdel": "n"}"#, "model"),
            (
                #"{"model": "m", "messages": [{"role": "user", "content": "x"}], "metadata": {"a\"\u00fc": 1}}"#,
                "metadata.a\"ü"
            ),
        ])
    func mistakes(_ json: String, _ param: String) throws {
        #expect(try verdict(json)?.param == param)
    }

    @Test("bytes of text are those of the resolved escapes")
    func bytes() throws {
        var settings = ValidationSettings()
        settings.maxTextBytes = 3
        let body = #"{"model": "m", "messages": [{"role": "user", "content": "\u20ac"}]}"#
        #expect(try verdict(body, settings) == nil)
        settings.maxTextBytes = 2
        #expect(try verdict(body, settings)?.param == "messages")
    }

    @Test("texts of any length begin as policies have it, with escapes and without")
    func textStarts() throws {
        for count in 0...20 {
            let text = String("0123456789abcdefghij".prefix(count))
            for written in [text, text.isEmpty ? "" : "\\u0030" + text.dropFirst()] {
                let body = ByteBuffer(Array("[\"\(written)\", 1]".utf8))
                let document = try body.withBytes { (bytes) throws(JSONError) in try JSONParser().parse(bytes) }
                let start = document.textStart(at: 1)
                let expected = TextStart(Array(text.utf8).span)
                #expect(start == (expected.count, expected.first, expected.second), "\(written)")
                #expect(document.textStart(at: 2).count == -1 && document.textStart(at: 0).count == -1)
            }
        }
    }

    @Test("the policy is read from the configuration")
    func configuration() throws {
        let text = ConfigFixture.root([
            "policies": """
            [{ "kind": "validate", "max_messages": 9, "max_output_tokens": 100, "max_n": 2, "max_text_bytes": 10,
               "max_message_bytes": 5, "max_images": 0, "max_tools": 1, "allowed_fields": ["n", "own"],
               "forbidden_fields": ["seed"], "unknown_fields": "reject", "require_user": true }]
            """
        ])
        let policy = try #require(try ConfigFixture.load(text).policies.first)
        guard case .validate(let validate) = policy.kind else {
            Issue.record("another kind was read")
            return
        }
        let settings = validate.settings
        #expect(settings.maxMessages == 9 && settings.maxOutputTokens == 100 && settings.maxChoices == 2)
        #expect(settings.maxTextBytes == 10 && settings.maxMessageBytes == 5)
        #expect(settings.maxImages == 0 && settings.maxTools == 1)
        #expect(settings.allowedFields?.words == ["n", "own"] && settings.forbiddenFields.words == ["seed"])
        #expect(settings.unknownFields == .reject && settings.requiresUser)
    }

    @Test("what is left out has no limit of the gateway's own")
    func defaults() throws {
        let text = ConfigFixture.root(["policies": #"[{ "kind": "validate" }]"#])
        guard case .validate(let validate)? = try ConfigFixture.load(text).policies.first?.kind else {
            Issue.record("another kind was read")
            return
        }
        #expect(validate.settings.maxMessages == nil && validate.settings.allowedFields == nil)
        #expect(validate.settings.unknownFields == .allow && !validate.settings.requiresUser)
    }
}
