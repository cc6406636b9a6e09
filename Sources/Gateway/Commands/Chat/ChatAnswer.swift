import Upstreams

/// Reads one HTTP answer of a gateway in a dialect's form, shows it as it comes, and tells how it ended.
///
/// Does no I/O of its own. Once it has given an ending it is not used again.
final class ChatAnswer: ChatReader {
    private let display: any ChatDisplay
    /// Nil: plain text, whose mark of success is the proper end of its body.
    private(set) var form: (any ChatForm)?
    private let parser = JSONParser()
    private var events = SSEParser(maxEventBytes: maxEventBytes)
    private var text = TextPieces()
    private var status = 0
    /// The body tells where it ends, rather than by the end of its connection, which a cut is as well.
    private var isFramed = false
    private var refusal: [UInt8] = []
    /// The id of the last event that was read whole; empty if there was none.
    private(set) var lastEventID = ""

    private static let maxEventBytes = 16 << 20
    private static let maxRefusalBytes = 1 << 20

    init(_ form: (any ChatForm)?, display: any ChatDisplay) {
        self.form = form
        self.display = display
    }

    // MARK: ChatReader

    func head(_ head: AnswerHead) -> ChatEnding? {
        status = head.status
        isFramed = head.value(of: "transfer-encoding") != nil || head.value(of: "content-length") != nil
        guard status == 200 else { return nil }
        if form != nil, !head.isEventStream { return .failed("What answered is no stream of events.") }
        if form == nil, head.value(of: "content-type")?.hasPrefix("text/plain") != true {
            return .failed("What answered is no plain text.")
        }
        return nil
    }

    func bytes(_ bytes: RawSpan) -> ChatEnding? {
        guard status == 200 else {
            if refusal.count < Self.maxRefusalBytes {
                unsafe bytes.withUnsafeBytes { unsafe refusal.append(contentsOf: $0) }
            }
            return nil
        }
        let ending = form == nil ? plain(bytes) : lines(bytes)
        return ending ?? (display.isClosed ? .failed("Standard output is closed.") : nil)
    }

    func end() -> ChatEnding {
        guard status == 200 else { return ChatFailure.ending(status: status, body: refusal, parser) }
        let ending = form?.end() ?? .whole
        return ending == .whole && !isFramed ? .cut("its end was no other than a cut would be") : ending
    }

    var hasBegun: Bool { status == 200 }

    /// Whether there was an answer at all.
    var hasAnswered: Bool { status != 0 }

    // MARK: Bodies

    private func plain(_ bytes: RawSpan) -> ChatEnding? {
        let piece = text.take(unsafe bytes.withUnsafeBytes { unsafe Array($0) })
        if !piece.isEmpty { display.show(.text(piece)) }
        return nil
    }

    /// Line by line, so that after an event the parser's last id is that event's own.
    private func lines(_ bytes: RawSpan) -> ChatEnding? {
        var start = 0
        while start < bytes.byteCount {
            let end = bytes.firstOffset(of: UInt8(ascii: "\n"), in: start..<bytes.byteCount) ?? bytes.byteCount - 1
            var ending: ChatEnding?
            var hasEvent = false
            do {
                try events.feed(bytes.extracting(start..<end + 1)) { [self] data, type in
                    hasEvent = true
                    if ending == nil { ending = event(data, type: ClientText.string(type)) }
                }
            } catch {
                return .failed("The gateway sent an event of more than \(Self.maxEventBytes) bytes.")
            }
            if hasEvent { lastEventID = events.lastEventID }
            if let ending { return ending }
            start = end + 1
        }
        return nil
    }

    private func event(_ data: RawSpan, type: String) -> ChatEnding? {
        let source = ClientText.string(data)
        display.event(source, type: type)
        if source == "[DONE]" { return form?.event(nil, type: type) { display.show($0) } }
        guard let root = try? parser.parse(data).root else {
            return .failed("The gateway sent an event that is not JSON.")
        }
        if let error = root["error"], error.kind == .object { return ChatFailure.ending(error) }
        return form?.event(root, type: type) { display.show($0) }
    }
}
