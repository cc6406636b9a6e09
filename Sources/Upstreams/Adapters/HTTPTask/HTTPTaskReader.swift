/// Reads what a provider says of a job and turns it into OpenAI's form: a pure state machine.
///
/// Owns the text that was told so far, so that each look tells no more than what is new, and that a provider which takes
/// back what it has said is found out.
struct HTTPTaskReader: ~Copyable {
    typealias Emit = ProviderDecoder.Emit

    enum State {
        case running
        case done
        case failed(UpstreamError)
    }

    private let parser: JSONParser
    private let pointers: HTTPTaskUpstream.Settings.Pointers
    private let words: HTTPTaskUpstream.Settings.Words
    private let isStream: Bool
    private let maxTextBytes: Int
    private var chunks: ChatChunkEncoder
    private var told = ByteBuffer()
    private var progress: [UInt8] = []

    /// Bytes of a progress that is told.
    private static let maxProgressBytes = 4096
    /// Bytes of a job's name.
    private static let maxNameBytes = 1024

    init(
        parser: JSONParser, chunks: consuming ChatChunkEncoder, settings: HTTPTaskUpstream.Settings, isStream: Bool,
        maxTextBytes: Int
    ) {
        self.parser = parser
        self.chunks = chunks
        pointers = settings.pointers
        words = settings.words
        self.isStream = isStream
        self.maxTextBytes = maxTextBytes
    }

    /// Bytes of text so far.
    var textBytes: Int { told.count }

    // MARK: Answers

    func object(_ body: [UInt8]) throws(UpstreamError) -> JSONValue {
        guard let root = unsafe try? parser.parse(body.span.bytes).root else {
            throw UpstreamError(.malformed, "The provider's answer about a job is not JSON.")
        }
        return root
    }

    /// The job's name, in the answer to its submission.
    func job(in root: JSONValue) -> String? {
        guard let value = pointers.job.find(in: root), let name = value.word, !name.isEmpty else { return nil }
        return name.utf8.count <= Self.maxNameBytes ? name : nil
    }

    /// What the answer to a submission says. It need not know the status yet.
    mutating func submitted(_ root: JSONValue, _ emit: Emit) throws(UpstreamError) -> State {
        try take(root, meaning: pointers.status.find(in: root)?.word.flatMap { words.meaning(of: $0) }, emit)
    }

    /// What a look at the job finds.
    mutating func looked(_ root: JSONValue, _ emit: Emit) throws(UpstreamError) -> State {
        guard let meaning = words.meaning(of: pointers.status.find(in: root)?.word ?? "") else {
            throw UpstreamError(.malformed, "The provider tells a status of the job that is not known.")
        }
        return try take(root, meaning: meaning, emit)
    }

    /// An event about the job. Its status is what the pointer finds in it, else its name. `[DONE]` says that the job is
    /// done, and nothing else.
    mutating func event(
        _ data: RawSpan, _ name: RawSpan, _ emit: Emit
    ) throws(UpstreamError) -> (state: State, root: JSONValue?) {
        if data.equals("[DONE]") { return (.done, nil) }
        guard let root = try? parser.parse(data).root else {
            throw UpstreamError(.malformed, "The provider sent an event about a job that is not JSON.")
        }
        if let piece = pointers.delta?.find(in: root), !piece.isNull { try append(Self.text(of: piece), emit) }
        let name = unsafe name.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
        let word = pointers.status.find(in: root)?.word ?? name
        return (try take(root, meaning: words.meaning(of: word), emit), root)
    }

    private mutating func take(
        _ root: JSONValue, meaning: HTTPTaskUpstream.Settings.Words.Meaning?, _ emit: Emit
    ) throws(UpstreamError) -> State {
        tellProgress(root, emit)
        switch meaning {
        case .done: return .done
        case .failed: return .failed(failure(root))
        case .running, nil:
            if let text = pointers.text?.find(in: root), !text.isNull { try tell(upTo: Self.text(of: text), emit) }
            return .running
        }
    }

    /// The job is done. `root`: where its result is; `isWhole`: what was told is all, unless a result is there.
    mutating func finish(_ root: JSONValue?, isWhole: Bool, _ emit: Emit) throws(UpstreamError) {
        if let result = root.flatMap({ result(in: $0) }) {
            try tell(upTo: Self.text(of: result), emit)
        } else if let root, let error = pointers.error?.find(in: root), !error.isNull {
            throw failure(root)
        } else if !isWhole || told.isEmpty {
            throw UpstreamError(.malformed, "The provider's job is done, but there is no result.")
        }
        if isStream { return chunks.finish(.stop, emit) }
        var answer = WholeAnswer()
        answer.hasUsage = false
        told.withBytes { answer.add(text: $0) }
        chunks.whole(answer, emit)
    }

    private func result(in root: JSONValue) -> JSONValue? {
        for pointer in [pointers.result, pointers.text] {
            if let value = pointer?.find(in: root), !value.isNull { return value }
        }
        return nil
    }

    // MARK: Text

    /// A string is itself, a list of strings its strings one after the other, anything else its JSON.
    private static func text(of value: JSONValue) -> ByteBuffer {
        var text = ByteBuffer()
        if value.withUTF8({ text.append($0) }) != nil { return text }
        if value.kind == .array, value.elements.allSatisfy({ $0.kind == .string }) {
            for piece in value.elements { _ = piece.withUTF8 { text.append($0) } }
        } else {
            value.withSource { text.append($0) }
        }
        return text
    }

    private mutating func tell(upTo whole: consuming ByteBuffer, _ emit: Emit) throws(UpstreamError) {
        let count = told.count
        guard whole.count >= count, Self.begins(whole, with: told) else {
            throw UpstreamError(.malformed, "The provider's job took back text that it had told.")
        }
        whole.removeFirst(count)
        try append(whole, emit)
    }

    private static func begins(_ whole: borrowing ByteBuffer, with start: borrowing ByteBuffer) -> Bool {
        whole.withBytes { whole in
            start.withBytes { start in whole.extracting(0..<start.byteCount).equals(start) }
        }
    }

    private mutating func append(_ piece: consuming ByteBuffer, _ emit: Emit) throws(UpstreamError) {
        guard told.count + piece.count <= maxTextBytes else { throw Self.tooLarge }
        guard !piece.isEmpty else { return }
        piece.withBytes { told.append($0) }
        if isStream { piece.withBytes { chunks.text(utf8: $0, emit) } }
    }

    static var tooLarge: UpstreamError {
        UpstreamError(.oversized, "The provider's job tells more than the gateway takes.")
    }

    /// Of a stream alone, and when it has changed.
    private mutating func tellProgress(_ root: JSONValue, _ emit: Emit) {
        guard isStream, let value = pointers.progress?.find(in: root), !value.isNull,
            value.range.count <= Self.maxProgressBytes
        else { return }
        let source = value.withSource { source in unsafe source.withUnsafeBytes { unsafe Array($0) } }
        guard source != progress else { return }
        progress = source
        chunks.progress(value, emit)
    }

    // MARK: Errors

    private func failure(_ root: JSONValue) -> UpstreamError {
        let told = OpenAIError(
            message: message(in: root) ?? "The provider's job failed without a message.", type: "server_error",
            code: "job_failed")
        return UpstreamError(
            .inBand, "The provider's job failed.", answer: UpstreamError.Answer(status: 500, told))
    }

    /// A refusal in OpenAI's form, if it says why where errors do; else as it is.
    func refusal(_ answer: WholeCall.Answer) -> UpstreamError.Answer {
        let (status, lines) = (answer.head.status, answer.head.lines)
        let root = unsafe try? parser.parse(answer.body.span.bytes).root
        guard let message = root.flatMap({ message(in: $0) }) else {
            return UpstreamError.Answer(head: answer.head, body: answer.body)
        }
        let told =
            switch status {
            case 429: OpenAIError(message: message, type: "requests", code: "rate_limit_exceeded")
            case 500...: OpenAIError(message: message, type: "server_error")
            default: OpenAIError(message: message, type: "invalid_request_error")
            }
        return UpstreamError.Answer(status: status, lines: lines, told)
    }

    /// A text, or an object with a message.
    private func message(in root: JSONValue) -> String? {
        guard let error = pointers.error?.find(in: root) else { return nil }
        let message = error.string ?? error["message"]?.string
        return message?.isEmpty == false ? message : nil
    }
}

extension JSONValue {
    /// A string's text, or a number or a boolean as it is written.
    fileprivate var word: String? {
        switch kind {
        case .string: string
        case .number, .bool:
            withSource { source in unsafe source.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) } }
        case .object, .array, .null: nil
        }
    }
}
