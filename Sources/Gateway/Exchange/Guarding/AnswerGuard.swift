package import Policies
package import Upstreams

/// Looks through the text of one chat answer, streamed or whole: what is forbidden ends it, what is to be hidden is
/// replaced, also where it lies across events.
///
/// Text is `content`, of each choice for itself. An event whose text is as it came goes on untouched; in others only
/// that string changes, and `logprobs`, which would tell the text, becomes null. Text that waits goes out with the
/// choice's next text, or in an event of its own before the choice's end.
/// States: open → ended by `finish`, by a whole answer or by a refusal; nothing is fed after the end.
package final class AnswerGuard {
    private let guards: GuardSet
    private var policies: [GuardPolicy] { guards.ofAnswers }
    private let parser: JSONParser
    /// One for each policy; empty until there is text that one of them may be about.
    private var found: [GuardFinding] = []
    private var texts: [GuardedText] = []
    private var edits = TextEdits()
    private var output: [UInt8] = []
    private var edited = ByteBuffer()
    /// An event of this stream up to its choices, for events of our own; empty until text is held.
    private var frame = ByteBuffer()

    /// The policies that are for the request. Nil: none of them looks at answers, which then pass as they are.
    package init?(_ guards: GuardSet, parser: JSONParser) {
        guard !guards.ofAnswers.isEmpty else { return nil }
        self.guards = guards
        self.parser = parser
    }

    /// What was found, for logs and metrics.
    package var findings: [GuardFinding] { found.filter { !$0.isEmpty } }

    // MARK: Streams

    /// Takes one event of a stream and hands what may go out to `send`: no payload, one or more. A payload is valid
    /// during the call only. After a refusal nothing more may go out but the error.
    package func event(_ payload: RawSpan, _ send: (RawSpan) -> Void) throws(Refusal) {
        // Most events have but one choice and pass as they are: those need no document.
        if let isSame = try feedOnlyText(of: payload) { return sendFed(payload, isSame: isSame, send) }
        // What is no JSON has no text; whoever reads it finds out.
        guard let document = try? parser.parse(payload), let choices = document.root["choices"] else {
            return send(payload)
        }
        edits.removeAll()
        for choice in choices.elements { try look(atDelta: choice, in: document, send) }
        sendEdited(document, payload, send)
    }

    /// The stream has ended properly: hands out what still waits. To be called before the end is told.
    package func finish(_ send: (RawSpan) -> Void) throws(Refusal) {
        for place in texts.indices { try release(place, send) }
    }

    /// Takes the text of an event that has but one choice; whether it may go out as it is. Nil: it may have others.
    private func feedOnlyText(of payload: RawSpan) throws(Refusal) -> Bool? {
        try parser.withOnlyText(of: payload) { piece, isLast throws(Refusal) in
            try feed(piece, text(of: 0), isLast: isLast)
            return piece.equals(output)
        }
    }

    /// Sends the event whose text was taken last, with what may go out of it in its place.
    private func sendFed(_ payload: RawSpan, isSame: Bool, _ send: (RawSpan) -> Void) {
        let needsFrame = frame.isEmpty && texts[text(of: 0)].holdsText(policies)
        guard !isSame || needsFrame, let document = try? parser.parse(payload) else { return send(payload) }
        if needsFrame { keepFrame(document.root) }
        edits.removeAll()
        if !isSame, let choice = document.root["choices"]?.elements.first(where: { _ in true }),
            let content = (choice["delta"] ?? choice["message"])?["content"]
        {
            replace(content, of: choice)
        }
        sendEdited(document, payload, send)
    }

    private func look(atDelta choice: JSONValue, in document: JSONDocument, _ send: (RawSpan) -> Void) throws(Refusal) {
        let place = text(of: choice["index"]?.int ?? 0)
        let isLast = choice["finish_reason"].map { !$0.isNull } ?? false
        if let content = choice["delta"]?["content"], content.kind == .string {
            try look(at: content, of: choice, place, isLast: isLast)
            if texts[place].holdsText(policies), frame.isEmpty { keepFrame(document.root) }
        } else if isLast {
            try release(place, send)
        }
    }

    /// Sends what waits of one text in an event of its own.
    private func release(_ place: Int, _ send: (RawSpan) -> Void) throws(Refusal) {
        let nothing: [UInt8] = []
        try unsafe feed(nothing.span.bytes, place, isLast: true)
        guard !output.isEmpty else { return }
        edited.removeAll()
        frame.withBytes { edited.append($0) }
        edited.append("\"choices\":[{\"index\":")
        edited.append(decimal: texts[place].choice)
        edited.append(",\"delta\":{\"content\":")
        unsafe edited.appendJSONString(utf8: output.span.bytes)
        edited.append("},\"logprobs\":null,\"finish_reason\":null}]}")
        edited.withBytes { send($0) }
    }

    /// Keeps all members of an event that are the same in all events of a stream.
    private func keepFrame(_ event: JSONValue) {
        frame.append("{")
        for member in event.members where !member.hasKey("choices") && !member.hasKey("usage") {
            event.document.withBytes(in: member.range) { frame.append($0) }
            frame.append(",")
        }
    }

    // MARK: Whole answers

    /// Takes a whole answer and hands it to `send` as it may go out.
    package func whole(_ payload: RawSpan, _ send: (RawSpan) -> Void) throws(Refusal) {
        // Most answers pass at a look at their text.
        let mayConcern = parser.withOnlyText(of: payload) { text, _ in
            policies.contains { $0.mayConcern(answer: text) }
        }
        if mayConcern == false { return send(payload) }
        guard let document = try? parser.parse(payload), let choices = document.root["choices"] else {
            return send(payload)
        }
        edits.removeAll()
        for choice in choices.elements {
            guard let content = choice["message"]?["content"],
                content.withUTF8({ text in policies.contains { $0.mayConcern(answer: text) } }) == true
            else { continue }
            try look(at: content, of: choice, text(of: choice["index"]?.int ?? 0), isLast: true)
        }
        sendEdited(document, payload, send)
    }

    // MARK: Parts

    /// The place in `texts` of the choice with this index.
    private func text(of choice: Int) -> Int {
        if let place = texts.firstIndex(where: { $0.choice == choice }) { return place }
        if found.isEmpty { found = policies.map { GuardFinding($0) } }
        texts.append(GuardedText(choice: choice, policies))
        return texts.count - 1
    }

    private func look(at content: JSONValue, of choice: JSONValue, _ place: Int, isLast: Bool) throws(Refusal) {
        let isSame = try content.withUTF8 { piece throws(Refusal) in
            try feed(piece, place, isLast: isLast)
            return piece.equals(output)
        }
        if isSame == false { replace(content, of: choice) }
    }

    /// What was let out last takes the place of a choice's text.
    private func replace(_ content: JSONValue, of choice: JSONValue) {
        edits.replace(content.range, withText: output)
        if let logprobs = choice["logprobs"], !logprobs.isNull { edits.removeValue(logprobs.range) }
    }

    private func feed(_ piece: RawSpan, _ place: Int, isLast: Bool) throws(Refusal) {
        try texts[place].feed(piece, isLast: isLast, policies: policies, found: &found, output: &output)
    }

    private func sendEdited(_ document: JSONDocument, _ payload: RawSpan, _ send: (RawSpan) -> Void) {
        guard !edits.isEmpty else { return send(payload) }
        edited.removeAll()
        edits.write(document, to: &edited)
        edited.withBytes { send($0) }
    }
}
