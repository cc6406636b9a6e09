import Upstreams

@testable import Gateway

/// What a session makes of bytes that come cut at some places: its events and its answers, in order.
///
/// Texts stand as `text:…`, other messages as `binary:COUNT`, answers as `→pong:…` and `→close:CODE`, the end as
/// `end:CODE`.
struct WebSocketTranscript: Equatable {
    private(set) var lines: [String] = []
    /// Bytes that had come when the session ended; nil: it did not.
    private(set) var endedAfter: Int?

    static func == (a: Self, b: Self) -> Bool { a.lines == b.lines }

    init(_ bytes: [UInt8], cuts: [Int] = [], maxFrameBytes: Int = 1 << 20, maxMessageBytes: Int = 1 << 20) {
        var session = WebSocketSession(maxFrameBytes: maxFrameBytes, maxMessageBytes: maxMessageBytes)
        var input = ByteBuffer()
        var start = 0
        for end in cuts + [bytes.count] where session.state != .closed {
            input.append(Array(bytes[start..<end]))
            start = end
            run(&session, &input)
            if session.state == .closed { endedAfter = end }
        }
    }

    private mutating func run(_ session: inout WebSocketSession, _ input: inout ByteBuffer) {
        while true {
            var output = ByteBuffer()
            let event = session.receive(&input, &output)
            note(output.copy())
            switch event {
            case .needMore:
                return
            case .text:
                let message = session.takeMessage()
                let text = message.text
                lines.append("text:" + (text.count > 64 ? "\(text.prefix(8))…\(message.count)" : text))
                session.giveBack(message)
            case .binary:
                let message = session.takeMessage()
                lines.append("binary:\(message.count)")
                session.giveBack(message)
            case .closed(let code):
                lines.append("end:\(code.rawValue)")
                return
            }
        }
    }

    /// Reads the server's own frames, whose lengths are below 126.
    private mutating func note(_ output: [UInt8]) {
        var rest = output[...]
        while rest.count >= 2 {
            let (first, count) = (rest[rest.startIndex], Int(rest[rest.startIndex + 1]))
            let payload = Array(rest.dropFirst(2).prefix(count))
            rest = rest.dropFirst(2 + count)
            switch first {
            case 0x8A: lines.append("→pong:" + String(decoding: payload, as: UTF8.self))
            case 0x88: lines.append("→close:" + (payload.count < 2 ? "" : "\(Int(payload[0]) << 8 | Int(payload[1]))"))
            default: lines.append("→\(first):\(payload.count)")
            }
        }
    }
}
