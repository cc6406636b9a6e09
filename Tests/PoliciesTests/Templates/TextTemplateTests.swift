import Testing

@testable import Policies

/// Placeholders in texts of the configuration, and what they become.
@Suite("Text templates")
struct TextTemplateTests {
    static let values = PlaceholderValues(
        Identity(keyID: "k1", user: "Jörg 5%", team: nil, models: []), model: "gpt\r\nx: y", requestID: "req-1")

    @Test(
        "Words in braces are placeholders; all other braces are text",
        arguments: [
            ("{user}", "Jörg 5%"), ("a {key_id} b {request_id}", "a k1 b req-1"), ("{team}", ""),
            ("{{user}}", "{user}"), ("{{{user}}}", "{{user}}"), ("{{user}", "{Jörg 5%"), ("{}", "{}"), ("{", "{"),
            (#"{"a": {"b": 1}}"#, #"{"a": {"b": 1}}"#), ("{User}", "{User}"), ("", ""), ("}{key_id}{", "}k1{"),
        ])
    func texts(template: String, text: String) throws {
        #expect(try TextTemplate(template).text(Self.values) == text)
    }

    @Test("An unknown word is a mistake", arguments: [("{usr}", "usr"), ("a {{x}} {y_z}", "y_z")])
    func unknown(template: String, word: String) {
        #expect(throws: UnknownPlaceholder(word: word)) { try TextTemplate(template) }
    }

    @Test(
        "In header fields only visible ASCII goes out, whatever the value",
        arguments: [
            ("u={user};", "u=J%C3%B6rg%205%25;"), ("{model}", "gpt%0D%0Ax:%20y"), ("{team}", ""),
        ])
    func fields(template: String, value: String) throws {
        #expect(try TextTemplate(template).fieldValue(Self.values) == value)
    }

    @Test("Of a value 256 bytes go into a header field")
    func bound() throws {
        let values = PlaceholderValues(.anonymous, model: String(repeating: "m", count: 10_000), requestID: "")
        #expect(try TextTemplate("{model}").fieldValue(values).utf8.count == 256)
        #expect(try TextTemplate("{model}").text(values).utf8.count == 10_000)
    }
}
