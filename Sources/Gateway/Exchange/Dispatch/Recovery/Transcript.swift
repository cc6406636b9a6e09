import Upstreams

/// What a stream has told its clients so far: who it said it was, and every text of every choice.
///
/// Texts are kept apart by choice and by where they stand in the delta: `content`, a reasoning, a refusal, the
/// arguments of a tool call. Only streams of models that may be mended in mid-stream keep one.
struct Transcript {
    /// One text of the answer.
    struct Channel: Hashable {
        enum Place: Hashable {
            /// A member of the delta that is a string, such as `content`.
            case text(String)
            /// The arguments of the tool call with this index.
            case arguments(Int)
        }

        let choice: Int
        let place: Place
    }

    /// `id` and `created` of the first event, as JSON.
    private(set) var id: [UInt8] = []
    private(set) var created: [UInt8] = []
    private(set) var texts: [Channel: [UInt8]] = [:]
    /// Names of the tool calls that were announced.
    private(set) var calls: [Channel: String] = [:]
    /// Choices that are over.
    private(set) var finished: Set<Int> = []
    private(set) var hasUsage = false
    /// Something was said that is neither text nor a tool call, such as audio: nobody can tell whether another answer
    /// repeats it.
    private(set) var isOpaque = false

    /// Members of a delta that name something and are no text.
    static func isName(_ member: JSONMembers.Member) -> Bool { member.hasKey("role") }

    /// Whether a member of a delta says something that cannot be compared piece by piece.
    static func isOpaque(_ member: JSONMembers.Member) -> Bool {
        let isContainer = member.value.kind == .object || member.value.kind == .array
        return isContainer && member.value.count > 0 && !member.hasKey("tool_calls")
    }

    /// Takes an event that goes to the clients.
    mutating func note(_ event: JSONValue) {
        if id.isEmpty, let value = event["id"] { id = value.copied }
        if created.isEmpty, let value = event["created"] { created = value.copied }
        if let usage = event["usage"], !usage.isNull { hasUsage = true }
        guard let choices = event["choices"] else { return }
        for choice in choices.elements { note(choice: choice) }
    }

    private mutating func note(choice: JSONValue) {
        let index = choice["index"]?.int ?? 0
        if let reason = choice["finish_reason"], !reason.isNull { finished.insert(index) }
        guard let delta = choice["delta"] else { return }
        for member in delta.members where !Self.isName(member) {
            if member.value.kind == .string {
                append(member.value, to: Channel(choice: index, place: .text(member.key)))
            } else if Self.isOpaque(member) {
                isOpaque = true
            }
        }
        guard let calls = delta["tool_calls"] else { return }
        for call in calls.elements {
            let channel = Channel(choice: index, place: .arguments(call["index"]?.int ?? 0))
            if let name = call["function"]?["name"]?.string, !name.isEmpty { self.calls[channel] = name }
            if let arguments = call["function"]?["arguments"] { append(arguments, to: channel) }
        }
    }

    private mutating func append(_ value: JSONValue, to channel: Channel) {
        _ = value.withUTF8 { text in
            guard text.byteCount > 0 else { return }
            unsafe text.withUnsafeBytes { unsafe texts[channel, default: []].append(contentsOf: $0) }
        }
    }

    /// The text of the one choice, if nothing else was said: what another model can take up as its own beginning.
    var plainText: [UInt8]? {
        guard calls.isEmpty, finished.isEmpty, texts.count == 1, let text = texts.first,
            text.key == Channel(choice: 0, place: .text("content"))
        else { return nil }
        return text.value
    }
}

extension JSONValue {
    /// The value as it is written.
    var copied: [UInt8] {
        withSource { source in unsafe source.withUnsafeBytes { unsafe Array($0) } }
    }
}
