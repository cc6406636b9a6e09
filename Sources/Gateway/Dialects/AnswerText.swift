import Upstreams

/// The plain text of an answer, for clients that are told nothing else.
enum AnswerText {
    /// Hands out what one `chat.completion.chunk` adds to the first choice: content, or words of refusal.
    static func read(_ event: RawSpan, _ parser: JSONParser, _ body: (RawSpan) -> Void) {
        guard let choices = (try? parser.parse(event))?.root["choices"] else { return }
        for choice in choices.elements where choice.isFirstChoice {
            guard let delta = choice["delta"] else { continue }
            for text in [delta["content"], delta["refusal"]] where text?.utf8Count ?? 0 > 0 {
                _ = text?.withUTF8(body)
            }
        }
    }
}
