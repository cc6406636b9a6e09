import Upstreams

/// Reads the frames of one client, split anywhere, into messages and control frames (RFC 6455 sections 5 and 8.1).
///
/// Owns the message under way, which is bounded; drops nothing and answers nothing. States: between frames → in a frame
/// → between frames …; a message under way spans any number of them. After a fault it is not used again.
struct WebSocketReader: ~Copyable {
    /// What has come.
    enum Step: Equatable {
        /// All of the input is taken; come back with more.
        case needMore
        /// `message` holds a text, which is UTF-8, until the next call or until it is taken.
        case text
        /// The same for binary data.
        case binary
        /// `control` holds what a pong has to give back.
        case ping
        case pong
        /// `noStatus`: the frame says no reason.
        case close(WebSocketCloseCode)
    }

    private(set) var message = ByteBuffer()
    private(set) var control = ByteBuffer()
    private let maxFrameBytes: Int
    private let maxMessageBytes: Int
    private var frame: WebSocketFrameHeader?
    /// Bytes of the present frame's payload that were taken.
    private var taken = 0
    /// Text or binary, while a message is under way.
    private var kind: WebSocketOpcode?
    private var utf8 = UTF8Check()
    private var isMessageOver = false

    /// - Parameters:
    ///   - maxFrameBytes: payload of one frame; more is 1009.
    ///   - maxMessageBytes: all fragments of a message together; more is 1009.
    init(maxFrameBytes: Int, maxMessageBytes: Int) {
        precondition(maxFrameBytes > 0 && maxMessageBytes > 0, "a bound is positive")
        self.maxFrameBytes = maxFrameBytes
        self.maxMessageBytes = maxMessageBytes
    }

    /// Goes on with what is at the front of `input`, and removes what it took.
    mutating func next(_ input: inout ByteBuffer) throws(WebSocketFault) -> Step {
        if isMessageOver { forgetMessage() }
        while true {
            guard let frame else {
                guard try beginFrame(&input) else { return .needMore }
                continue
            }
            try takePayload(frame, &input)
            guard taken == frame.length else { return .needMore }
            self.frame = nil
            if let step = try finish(frame) { return step }
        }
    }

    private mutating func forgetMessage() {
        isMessageOver = false
        message.removeAll()
        if message.capacity > 65_536 { message.releaseIfEmpty() }
    }

    /// Hands the message over, so that the reader need not stay in use while it is looked at.
    mutating func takeMessage() -> ByteBuffer {
        var taken = ByteBuffer()
        swap(&taken, &message)
        return taken
    }

    /// Takes the memory of a message back, to use it again.
    mutating func giveBack(_ memory: consuming ByteBuffer) {
        precondition(message.isEmpty, "a message is under way")
        message = memory
        forgetMessage()
    }

    // MARK: Frames

    /// False: its head is not complete.
    private mutating func beginFrame(_ input: inout ByteBuffer) throws(WebSocketFault) -> Bool {
        let parsed = try input.withBytes { (bytes) throws(WebSocketFault) in try WebSocketFrameHeader.parse(bytes) }
        guard let header = parsed else { return false }
        input.removeFirst(header.size)
        if header.opcode.isControl { control.removeAll() } else { try beginFragment(header) }
        frame = header
        taken = 0
        return true
    }

    private mutating func beginFragment(_ header: WebSocketFrameHeader) throws(WebSocketFault) {
        switch (header.opcode, kind) {
        case (.continuation, nil): throw .violation("a continuation of no message")
        case (.continuation, _): break
        case (_, nil):
            kind = header.opcode
            utf8 = UTF8Check()
        default: throw .violation("a new message within a message")
        }
        guard header.length <= maxFrameBytes else {
            throw WebSocketFault(.messageTooBig, "a frame has at most \(maxFrameBytes) bytes")
        }
        guard header.length <= maxMessageBytes - message.count else {
            throw WebSocketFault(.messageTooBig, "a message has at most \(maxMessageBytes) bytes")
        }
    }

    private mutating func takePayload(_ frame: WebSocketFrameHeader, _ input: inout ByteBuffer) throws(WebSocketFault) {
        let count = min(input.count, frame.length - taken)
        guard count > 0 else { return }
        if frame.opcode.isControl {
            Self.unmask(frame.mask, from: taken, count, input, into: &control)
        } else {
            Self.unmask(frame.mask, from: taken, count, input, into: &message)
        }
        input.removeFirst(count)
        taken += count
        guard !frame.opcode.isControl, kind == .text else { return }
        let start = message.count - count
        guard message.withBytes({ utf8.take($0.extracting(start..<$0.byteCount)) }) else { throw Self.notUTF8 }
    }

    /// Appends the first `count` bytes of `input`, the mask taken off; `position`: where they stand in their payload.
    private static func unmask(
        _ mask: UInt32, from position: Int, _ count: Int, _ input: borrowing ByteBuffer, into output: inout ByteBuffer
    ) {
        let turn = UInt32(position & 3) * 8
        let turned = turn == 0 ? mask : mask >> turn | mask << (32 - turn)
        let wide = UInt64(turned) << 32 | UInt64(turned)
        input.withBytes { source in
            _ = unsafe output.fill(room: count) { room in
                var offset = 0
                while offset + 8 <= count {
                    let word = unsafe source.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self).littleEndian
                    unsafe room.storeBytes(of: (word ^ wide).littleEndian, toByteOffset: offset, as: UInt64.self)
                    offset += 8
                }
                while offset < count {
                    let key = UInt8(truncatingIfNeeded: wide >> UInt64(8 * (offset & 7)))
                    unsafe room[offset] = source.byte(at: offset) ^ key
                    offset += 1
                }
                return count
            }
        }
    }

    // MARK: What is complete

    /// Nil: a fragment, or what needs nothing from anyone.
    private mutating func finish(_ frame: WebSocketFrameHeader) throws(WebSocketFault) -> Step? {
        switch frame.opcode {
        case .ping: return .ping
        case .pong: return .pong
        case .close: return .close(try closeCode())
        case .text, .binary, .continuation: break
        }
        guard frame.isFinal else { return nil }
        guard utf8.isComplete else { throw Self.notUTF8 }
        defer { kind = nil }
        isMessageOver = true
        return kind == .text ? .text : .binary
    }

    /// The code of a close frame; behind it stands a reason in UTF-8 (RFC 6455 section 5.5.1).
    private func closeCode() throws(WebSocketFault) -> WebSocketCloseCode {
        guard !control.isEmpty else { return .noStatus }
        guard control.count >= 2 else { throw .violation("half a close code") }
        return try control.withBytes { (bytes) throws(WebSocketFault) in
            let code = WebSocketCloseCode(UInt16(bytes.byte(at: 0)) << 8 | UInt16(bytes.byte(at: 1)))
            guard code.isAllowedInFrame else { throw .violation("a close code that no frame may hold") }
            var reason = UTF8Check()
            guard reason.take(bytes.extracting(2..<bytes.byteCount)), reason.isComplete else { throw Self.notUTF8 }
            return code
        }
    }

    private static let notUTF8 = WebSocketFault(.invalidPayload, "a text that is not UTF-8")
}
