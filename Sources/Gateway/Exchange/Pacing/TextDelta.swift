import Upstreams

/// What one event of a chat stream is to the pacing (OpenAI API reference, `chat.completion.chunk`).
enum TextDelta {
    /// Adds text to one choice and says nothing else, or nothing that may not be said of any part of it.
    case text(Piece)
    /// Anything else. `choice`: the only one that it is about; nil: it may be about all.
    case other(choice: Int?)

    struct Piece {
        let choice: Int
        /// The string, whose text is not empty.
        let text: JSONValue
        /// Arguments of a tool call, which have no words.
        let isArguments: Bool
        /// Where the event's own padding stands (`obfuscation`, a random string), which tells nothing.
        let padding: Range<Int>?
    }

    init(_ event: JSONDocument) {
        var reader = Reader()
        reader.read(event.root)
        guard let text = reader.text, reader.isPlain, text.utf8Count ?? 0 > 0 else {
            self = .other(choice: reader.choice)
            return
        }
        self = .text(
            Piece(
                choice: reader.choice ?? 0, text: text, isArguments: reader.isArguments, padding: reader.padding))
    }

    /// Goes through an event once, member by member.
    private struct Reader {
        var choice: Int?
        var text: JSONValue?
        var isArguments = false
        var padding: Range<Int>?
        /// Nothing was found so far that must be said just once.
        var isPlain = true

        mutating func read(_ root: JSONValue) {
            var choices: JSONValue?
            for member in root.members {
                if member.hasKey("choices") {
                    refuse(choices != nil)
                    choices = member.value
                } else if member.hasKey("usage") || member.hasKey("error") {
                    refuse(!member.value.isNull)
                } else if member.hasKey("obfuscation") {
                    padding = member.value.range
                }
            }
            guard let choices, choices.count == 1 else { return }
            for only in choices.elements { readChoice(only) }
        }

        private mutating func readChoice(_ value: JSONValue) {
            // Without an index it is the first and only one.
            choice = 0
            var deltas = 0
            for member in value.members {
                if member.hasKey("index") {
                    choice = member.value.int
                    refuse(choice == nil)
                } else if member.hasKey("delta") {
                    deltas += 1
                    readDelta(member.value)
                } else if member.hasKey("finish_reason") {
                    refuse(!member.value.isNull && !member.value.isString(""))
                } else if !member.hasKey("content_filter_results") {
                    // `logprobs` and what is not known; a filter's verdict may be told of each part.
                    refuse(!member.value.isNull)
                }
            }
            refuse(deltas != 1)
        }

        private mutating func readDelta(_ delta: JSONValue) {
            for member in delta.members where !member.value.isNull {
                if member.hasKey("content"), member.value.kind == .string {
                    found(member.value)
                } else if member.hasKey("tool_calls"), member.value.kind == .array, member.value.count == 1 {
                    isArguments = true
                    for call in member.value.elements { readCall(call) }
                } else {
                    refuse(!member.hasKey("role"))
                }
            }
        }

        private mutating func readCall(_ call: JSONValue) {
            for member in call.members where !member.value.isNull {
                if member.hasKey("function") {
                    for part in member.value.members where !part.value.isNull {
                        if part.hasKey("arguments"), part.value.kind == .string {
                            found(part.value)
                        } else {
                            refuse(true)
                        }
                    }
                } else {
                    refuse(!member.hasKey("index"))
                }
            }
        }

        private mutating func found(_ string: JSONValue) {
            refuse(text != nil)
            text = string
        }

        private mutating func refuse(_ isWrong: Bool) {
            if isWrong { isPlain = false }
        }
    }
}
