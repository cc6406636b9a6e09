import Upstreams

/// A reviewer's answer, read strictly: `{"decision": "POSITIVE" | "NEGATIVE", "reason": "…"}` (API page, task dialect).
///
/// White space and one code fence around the object are accepted, and so are further members; nothing else is.
struct MagiVerdict: Hashable {
    let decision: MagiReview.Decision
    let reason: String

    /// What is wrong with an answer, as a reviewer is told it.
    struct Fault: Error, Hashable {
        let message: String
    }

    init(_ answer: String, _ parser: JSONParser) throws(Fault) {
        let text = ByteBuffer(Array(Self.unwrapped(answer).utf8))
        let document: JSONDocument
        do {
            document = try text.withBytes { (bytes) throws(JSONError) in try parser.parse(bytes) }
        } catch {
            throw Fault(message: "it is not valid JSON")
        }
        let root = document.root
        guard root.kind == .object else { throw Fault(message: "it is not a JSON object") }
        if let key = root.duplicateKey(among: ["decision", "reason"]) {
            throw Fault(message: "it has '\(key)' more than once")
        }
        switch root["decision"]?.string {
        case "POSITIVE": decision = .positive
        case "NEGATIVE": decision = .negative
        default: throw Fault(message: "'decision' is neither \"POSITIVE\" nor \"NEGATIVE\"")
        }
        guard let reason = root["reason"]?.string, !reason.allSatisfy(\.isWhitespace) else {
            throw Fault(message: "'reason' is not a text")
        }
        self.reason = reason
    }

    /// The answer without a fence that stands around all of it.
    private static func unwrapped(_ answer: String) -> String {
        let lines = answer.split { $0 == "\n" || $0 == "\r\n" }.filter { !$0.allSatisfy(\.isWhitespace) }
        guard lines.count > 2, let first = lines.first, let last = lines.last, first.hasPrefix("```"),
            last.allSatisfy({ $0 == "`" || $0.isWhitespace })
        else { return answer }
        let blocks = CodeFences.blocks(in: answer)
        return blocks.count == 1 ? blocks[0].code : answer
    }
}
