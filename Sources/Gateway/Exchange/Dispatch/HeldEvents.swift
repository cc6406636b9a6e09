import Upstreams

/// Events of an attempt that nobody has seen yet, so that another attempt can take its place unnoticed.
struct HeldEvents: ~Copyable {
    var head: AnswerHead?
    private var payloads = ByteBuffer()
    private var events: [(count: Int, facts: ChatChunkFacts)] = []

    var byteCount: Int { payloads.count }

    mutating func append(_ payload: RawSpan, _ facts: ChatChunkFacts) {
        payloads.append(payload)
        events.append((payload.byteCount, facts))
    }

    /// Hands out all events in order and forgets them.
    mutating func drain(_ body: (RawSpan, ChatChunkFacts) -> Void) {
        let bytes = exchange(&payloads, with: ByteBuffer())
        let list = exchange(&events, with: [])
        bytes.withBytes { bytes in
            var start = 0
            for event in list {
                body(bytes.extracting(start..<start + event.count), event.facts)
                start += event.count
            }
        }
        head = nil
    }

    mutating func removeAll() { self = HeldEvents() }
}
