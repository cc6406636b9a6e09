import Upstreams

/// Fits the answer of another attempt to what clients have had already, and puts it under the name that the stream has.
///
/// An answer that was made anew repeats what clients have: as much is dropped of each text, and the rest is let through.
/// One that says anything else, or less, does not fit; then nothing of that choice has been let through. An answer that
/// was asked to continue is let through from its start. States: matching → fitting; or matching → does not fit, for ever.
final class SpliceMatcher {
    enum Verdict {
        /// Nothing new is in the event.
        case nothing
        /// The event holds what clients do not have; it goes to them as it was written to the output.
        case rest
        case misfit
    }

    private let transcript: Transcript
    /// Bytes of each text that the new answer has repeated.
    private var met: [Transcript.Channel: Int] = [:]
    /// Tool calls that the new answer has announced again.
    private var metCalls: Set<Transcript.Channel> = []
    private var edits = TextEdits()
    private var hasNews = false

    /// `continues`: the attempt was given the text so far, and goes on after it.
    init(_ transcript: Transcript, continues: Bool) {
        self.transcript = transcript
        if continues { met = transcript.texts.mapValues(\.count) }
    }

    /// Whether all that clients have was met.
    var isCaughtUp: Bool { isCaughtUp { _ in true } }

    /// Takes the next event of the new answer; what is to go out is written to `output`.
    func fit(_ event: JSONDocument, _ output: inout ByteBuffer) -> Verdict {
        edits.removeAll()
        hasNews = false
        let root = event.root
        rename(root)
        guard let choices = root["choices"], choices.count > 0 else {
            // Facts about the whole stream: told before, or not before all that was said is met.
            let isTold = transcript.hasUsage && root["usage"].map { !$0.isNull } ?? false
            hasNews = isCaughtUp && !isTold
            return release(event, &output)
        }
        for choice in choices.elements where !fit(choice) { return .misfit }
        return release(event, &output)
    }

    private func release(_ event: JSONDocument, _ output: inout ByteBuffer) -> Verdict {
        guard hasNews else { return .nothing }
        edits.write(event, to: &output)
        return .rest
    }

    /// A stream has one `id` and one `created`; `model` stays that of who answers.
    private func rename(_ root: JSONValue) {
        rename(root["id"], transcript.id)
        rename(root["created"], transcript.created)
    }

    private func rename(_ value: JSONValue?, _ name: [UInt8]) {
        if let value, !name.isEmpty { edits.replace(value.range) { $0.append(name) } }
    }

    // MARK: Choices

    private func fit(_ choice: JSONValue) -> Bool {
        let index = choice["index"]?.int ?? 0
        var hasDropped = false
        guard let delta = choice["delta"] else { return fit(end: choice, index) }
        for member in delta.members {
            if Transcript.isOpaque(member) {
                guard mayGoOn(index) else { return false }
                hasNews = true
            } else if Transcript.isName(member) {
                // Clients join texts, also this one.
                edits.removeValue(member.value.range)
            } else if member.value.kind == .string {
                let channel = Transcript.Channel(choice: index, place: .text(member.key))
                guard let rest = rest(of: member.value, channel) else { return false }
                guard rest.count < member.value.utf8Count ?? 0 else { continue }
                hasDropped = true
                edits.replace(member.value.range, withText: rest)
            }
        }
        if let calls = delta["tool_calls"] {
            for call in calls.elements where !fit(call: call, of: index) { return false }
        }
        if hasDropped, let logprobs = choice["logprobs"], !logprobs.isNull { edits.removeValue(logprobs.range) }
        return fit(end: choice, index)
    }

    private func fit(end choice: JSONValue, _ index: Int) -> Bool {
        guard let reason = choice["finish_reason"], !reason.isNull else { return true }
        guard isCaughtUp(index) else { return false }
        if transcript.finished.contains(index) { edits.removeValue(reason.range) } else { hasNews = true }
        return true
    }

    /// Tool calls that clients know are told no second time; only the rest of their arguments is.
    private func fit(call: JSONValue, of choice: Int) -> Bool {
        let index = call["index"]?.int ?? 0
        let channel = Transcript.Channel(choice: choice, place: .arguments(index))
        guard let name = transcript.calls[channel] else {
            hasNews = true
            return mayGoOn(choice)
        }
        if let announced = call["function"]?["name"]?.string, !announced.isEmpty {
            guard announced == name else { return false }
            metCalls.insert(channel)
        }
        var rest: [UInt8] = []
        if let arguments = call["function"]?["arguments"], arguments.kind == .string {
            guard let left = self.rest(of: arguments, channel) else { return false }
            rest = left
        }
        edits.replace(call.range) { output in
            output.appendJSON {
                $0.object {
                    $0.member("index", index)
                    $0.object("function") { unsafe $0.member("arguments", utf8: rest.span.bytes) }
                }
            }
        }
        return true
    }

    /// What of a text is new; nil if it is not what clients have, or comes before all they have was met.
    private func rest(of value: JSONValue, _ channel: Transcript.Channel) -> [UInt8]? {
        let known = transcript.texts[channel] ?? []
        let start = met[channel, default: 0]
        let text = Array((value.string ?? "").utf8)
        let same = min(known.count - start, text.count)
        guard known[start..<start + same].elementsEqual(text[..<same]) else { return nil }
        if same > 0 { met[channel] = start + same }
        let rest = Array(text[same...])
        if !rest.isEmpty {
            guard mayGoOn(channel.choice) else { return nil }
            hasNews = true
        }
        return rest
    }

    /// Whether something new may follow in a choice: it is not over, and all that clients have of it was met.
    private func mayGoOn(_ choice: Int) -> Bool { !transcript.finished.contains(choice) && isCaughtUp(choice) }

    private func isCaughtUp(_ choice: Int) -> Bool { isCaughtUp { $0.choice == choice } }

    private func isCaughtUp(_ isMeant: (Transcript.Channel) -> Bool) -> Bool {
        transcript.texts.allSatisfy { !isMeant($0.key) || met[$0.key, default: 0] == $0.value.count }
            && transcript.calls.keys.allSatisfy { !isMeant($0) || metCalls.contains($0) }
    }
}
