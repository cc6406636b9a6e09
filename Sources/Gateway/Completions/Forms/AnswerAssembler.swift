import Upstreams

/// Makes one whole answer (`chat.completion`) of the events of a stream (`chat.completion.chunk`).
///
/// Nothing is lost: tool calls, refusals, reasoning, log probabilities, audio, and members that the gateway does not
/// know are all in the answer.
struct AnswerAssembler {
    private let parser: JSONParser
    /// Members of the events themselves; a later value takes the place of an earlier one.
    private var envelope: [(key: String, value: MergedJSON)] = []
    private var choices: [Choice] = []
    /// Of the pieces that were put together: about what the answer takes.
    private(set) var byteCount = 0

    private struct Choice {
        let index: Int
        var message: MergedJSON?
        var logprobs: MergedJSON?
        /// `finish_reason` and whatever else stands beside the delta.
        var members: [(key: String, value: MergedJSON)] = []
    }

    init(parser: JSONParser) { self.parser = parser }

    /// Takes the next event. What is no JSON object is passed over.
    mutating func append(_ payload: RawSpan) {
        guard let document = try? parser.parse(payload) else { return }
        for member in document.root.members {
            if member.hasKey("choices") {
                for choice in member.value.elements { append(choice) }
            } else if !member.hasKey("object") {
                Self.set(member, in: &envelope)
            }
        }
    }

    private mutating func append(_ event: JSONValue) {
        let index = event["index"]?.int ?? 0
        let place = choices.firstIndex { $0.index >= index } ?? choices.count
        if place == choices.count || choices[place].index != index { choices.insert(Choice(index: index), at: place) }
        for member in event.members where !member.hasKey("index") {
            if member.hasKey("delta") {
                byteCount += member.value.range.count
                Self.merge(member.value, into: &choices[place].message)
            } else if member.hasKey("logprobs") {
                byteCount += member.value.range.count
                Self.merge(member.value, into: &choices[place].logprobs)
            } else {
                Self.set(member, in: &choices[place].members)
            }
        }
    }

    private static func merge(_ value: JSONValue, into merged: inout MergedJSON?) {
        if merged == nil { merged = MergedJSON(value) } else { merged?.merge(value, key: "") }
    }

    private static func set(_ member: JSONMembers.Member, in members: inout [(key: String, value: MergedJSON)]) {
        let key = member.key
        guard let place = members.firstIndex(where: { $0.key == key }) else {
            return members.append((key, MergedJSON(member.value)))
        }
        if !member.value.isNull { members[place].value = MergedJSON(member.value) }
    }

    /// The whole answer.
    func finish() -> ByteBuffer {
        var output = ByteBuffer()
        output.appendJSON { writer in
            writer.object { writer in
                for member in envelope where member.key != "usage" { write(member, to: &writer) }
                writer.member("object", "chat.completion")
                writer.array("choices") { writer in
                    for choice in choices { writer.object { write(choice, to: &$0) } }
                }
                for member in envelope where member.key == "usage" { write(member, to: &writer) }
            }
        }
        return output
    }

    private func write(_ member: (key: String, value: MergedJSON), to writer: inout JSONWriter) {
        writer.key(member.key)
        member.value.write(to: &writer, omitsIndexes: false)
    }

    private func write(_ choice: Choice, to writer: inout JSONWriter) {
        writer.member("index", choice.index)
        writer.key("message")
        if let message = choice.message {
            message.writeMessage(to: &writer)
        } else {
            writer.object { _ in }
        }
        writer.key("logprobs")
        if let logprobs = choice.logprobs {
            logprobs.write(to: &writer, omitsIndexes: false)
        } else {
            writer.element(String?.none)
        }
        for member in choice.members { write(member, to: &writer) }
    }
}
