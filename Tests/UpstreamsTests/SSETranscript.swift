@testable import Upstreams

/// What the parser read from a stream, to compare feeding the same bytes in different pieces.
struct SSETranscript: Equatable {
    struct Event: Equatable {
        var type: [UInt8]
        var data: [UInt8]
    }

    var events: [Event] = []
    /// nil after an error.
    var ending: SSEEnding?
    var lastEventID = ""
    var retryMilliseconds: Int?

    init() {}

    /// - Parameter cuts: ascending offsets at which the bytes are fed in separate pieces.
    init(_ bytes: [UInt8], cuts: [Int] = [], maxEventBytes: Int = 1 << 20) {
        var parser = SSEParser(maxEventBytes: maxEventBytes)
        var collected: [Event] = []
        let collect = { (data: RawSpan, type: RawSpan) in
            collected.append(Event(type: Self.array(type), data: Self.array(data)))
        }
        do {
            var start = 0
            for cut in cuts + [bytes.count] {
                // A copy of its own, so that reading outside of a piece cannot go unseen.
                try unsafe parser.feed(Array(bytes[start..<cut]).span.bytes, collect)
                start = cut
            }
            ending = try parser.finish(collect)
            lastEventID = parser.lastEventID
            retryMilliseconds = parser.retryMilliseconds
        } catch {
            ending = nil
        }
        events = collected
    }

    init(_ text: String, cuts: [Int] = [], maxEventBytes: Int = 1 << 20) {
        self.init(Array(text.utf8), cuts: cuts, maxEventBytes: maxEventBytes)
    }

    /// Type and data of every event, as `type|data`.
    var lines: [String] {
        events.map { String(decoding: $0.type + [UInt8(ascii: "|")] + $0.data, as: UTF8.self) }
    }

    private static func array(_ bytes: RawSpan) -> [UInt8] { (0..<bytes.byteCount).map { bytes.byte(at: $0) } }
}
