/// What the echo model thinks of texts: a few words are flagged, so that moderation can be tried without a provider
/// (docs/echo.md).
struct EchoModeration {
    /// One for each text; parts of texts and images are one text together.
    private let texts: [String]

    /// In the order in which they are told.
    private static let categories: [StaticString] = [
        "harassment", "harassment/threatening", "hate", "hate/threatening", "illicit", "illicit/violent", "self-harm",
        "self-harm/intent", "self-harm/instructions", "sexual", "sexual/minors", "violence", "violence/graphic",
    ]

    /// Words, in lower case, with the place of what they are flagged as.
    private static let flagged: [String: Int] = [
        "idiot": 0, "hate": 2, "steal": 4, "bomb": 5, "kill": 11, "attack": 11, "blood": 12,
    ]

    init(of request: JSONValue) {
        guard let input = request["input"] else {
            texts = []
            return
        }
        if let text = input.string {
            texts = [text]
        } else if input.elements.first(where: { $0.kind == .object }) != nil {
            texts = [input.elements.compactMap { $0["text"]?.string }.joined(separator: "\n")]
        } else {
            texts = input.elements.map { $0.string ?? "" }
        }
    }

    /// `{"id": …, "model": …, "results": […]}`
    func json(id: String, model: String) -> ByteBuffer {
        var body = ByteBuffer()
        body.appendJSON {
            $0.object {
                $0.member("id", "modr-\(id)")
                $0.member("model", model)
                $0.array("results") {
                    for text in texts { Self.write(Self.findings(in: text), to: &$0) }
                }
            }
        }
        return body
    }

    /// Places of the categories that some word of the text belongs to.
    private static func findings(in text: String) -> Set<Int> {
        let words = text.lowercased().split { !$0.isLetter }
        return Set(words.compactMap { flagged[String($0)] })
    }

    private static func write(_ findings: Set<Int>, to writer: inout JSONWriter) {
        writer.object {
            $0.member("flagged", !findings.isEmpty)
            $0.object("categories") {
                for (place, name) in categories.enumerated() { $0.member(name, findings.contains(place)) }
            }
            $0.object("category_scores") {
                for (place, name) in categories.enumerated() { $0.member(name, findings.contains(place) ? 0.99 : 0.01) }
            }
            $0.object("category_applied_input_types") {
                for name in categories { $0.array(name) { $0.element("text") } }
            }
        }
    }
}
