/// Turns what a program writes into OpenAI's form: a pure state machine.
///
/// Text is handed on as it comes, but for the last line end and for bytes that are not a whole character yet. Lines are
/// JSON objects: `{"content": …}`, `{"error": …}`, or a `chat.completion.chunk` (for a whole answer perhaps a
/// `chat.completion`), which travels as it is.
struct CommandDecoder: ~Copyable {
    typealias Emit = ProviderDecoder.Emit

    private let parser: JSONParser
    private let format: CommandUpstream.Settings.Output
    private let isStream: Bool
    private let maxLineBytes: Int
    private var chunks: ChatChunkEncoder
    /// A line, or the end of a text, that is not whole yet.
    private var held = ByteBuffer()
    private var answer = WholeAnswer()
    /// The program has told the end, or the whole answer, itself.
    private var hasEnd = false

    init(
        parser: JSONParser, chunks: consuming ChatChunkEncoder, format: CommandUpstream.Settings.Output, isStream: Bool,
        maxLineBytes: Int
    ) {
        self.parser = parser
        self.chunks = chunks
        self.format = format
        self.isStream = isStream
        self.maxLineBytes = maxLineBytes
        answer.hasUsage = false
    }

    mutating func feed(_ bytes: RawSpan, _ emit: Emit) throws(UpstreamError) {
        held.append(bytes)
        switch format {
        case .text: say(held.withBytes { Self.whole($0) }, emit)
        case .jsonLines: try takeLines(emit)
        }
    }

    /// The program has ended well.
    mutating func finish(_ emit: Emit) throws(UpstreamError) {
        switch format {
        case .text:
            let endsLine = held.withBytes { $0.byteCount > 0 && $0.byte(at: $0.byteCount - 1) == 0x0A }
            say(held.count - (endsLine ? 1 : 0), emit)
        case .jsonLines:
            if !held.isEmpty { try takeLine(held.count, emit) }
        }
        if hasEnd { return }
        if isStream { chunks.finish(.stop, emit) } else { chunks.whole(answer, emit) }
    }

    // MARK: Text

    private mutating func say(_ count: Int, _ emit: Emit) {
        guard count > 0 else { return }
        let text = take(count)
        text.withBytes { if isStream { chunks.text(utf8: $0, emit) } else { answer.add(text: $0) } }
    }

    /// Takes the first bytes away from what is held.
    private mutating func take(_ count: Int) -> ByteBuffer {
        var piece = ByteBuffer()
        held.withBytes { piece.append($0.extracting(0..<count)) }
        held.removeFirst(count)
        return piece
    }

    /// How many bytes at the front may be said: not a last line end, nor a character whose rest is to come.
    private static func whole(_ bytes: RawSpan) -> Int {
        var count = bytes.byteCount
        if count > 0, bytes.byte(at: count - 1) == 0x0A { return count - 1 }
        var continuations = 0
        while count > 0, continuations < 3, bytes.byte(at: count - 1) & 0xC0 == 0x80 {
            count -= 1
            continuations += 1
        }
        guard count > 0 else { return bytes.byteCount }
        let lead = bytes.byte(at: count - 1)
        let length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1
        return length > continuations + 1 ? count - 1 : bytes.byteCount
    }

    // MARK: Lines

    private mutating func takeLines(_ emit: Emit) throws(UpstreamError) {
        while let end = held.withBytes({ $0.firstLineEnd }) {
            try takeLine(end, emit)
            held.removeFirst(1)
        }
        guard held.count <= maxLineBytes else {
            throw UpstreamError(.oversized, "The program wrote a line above the size bound.")
        }
    }

    private mutating func takeLine(_ count: Int, _ emit: Emit) throws(UpstreamError) {
        let line = take(count)
        if line.withBytes({ $0.isBlankLine }) { return }
        guard let root = line.withBytes({ try? parser.parse($0) })?.root, root.kind == .object else {
            throw UpstreamError(.malformed, "The program wrote a line that is not a JSON object.")
        }
        if let error = root.present("error") { throw Self.told(error) }
        if let choices = root.present("choices") {
            try take(choices, line, emit)
        } else if let text = root["content"], text.kind == .string {
            guard text.isFilledString else { return }
            if isStream { chunks.text(text, emit) } else { answer.add(text: text) }
        } else {
            throw UpstreamError(.malformed, "The program wrote a line without 'content', 'choices' or 'error'.")
        }
    }

    /// A chunk, or a whole answer.
    private mutating func take(_ choices: JSONValue, _ line: borrowing ByteBuffer, _ emit: Emit) throws(UpstreamError) {
        let first = choices.elements.first { _ in true }
        guard isStream || first?.present("message") != nil else {
            if let text = first?["delta"]?["content"], text.kind == .string { answer.add(text: text) }
            return
        }
        guard let facts = line.withBytes({ try? parser.chunkFacts($0) }) else { return }
        if facts.hasFinishReason || !isStream { hasEnd = true }
        line.withBytes { emit($0, facts) }
    }

    /// The program's own error: a text, or an object with a message.
    private static func told(_ error: JSONValue) -> UpstreamError {
        let message = error.string ?? error["message"]?.string ?? "The program reported an error without a message."
        let told = OpenAIError(
            message: message, type: error["type"]?.string ?? "server_error", code: error["code"]?.string)
        return UpstreamError(
            .inBand, "The program reported an error.", answer: UpstreamError.Answer(status: 500, told))
    }
}

extension RawSpan {
    fileprivate var firstLineEnd: Int? {
        for offset in 0..<byteCount where byte(at: offset) == 0x0A { return offset }
        return nil
    }

    fileprivate var isBlankLine: Bool {
        for offset in 0..<byteCount where byte(at: offset) != 0x20 && byte(at: offset) != 0x0D { return false }
        return true
    }
}
