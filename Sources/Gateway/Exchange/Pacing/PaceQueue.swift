import Upstreams

/// What waits for the rate, in order: texts with the envelopes they go out in, and events as they came.
struct PaceQueue: ~Copyable {
    /// One event to be.
    struct Entry {
        /// Nil: the bytes are the event.
        let envelope: EventEnvelope?
        let byteCount: Int
        /// What it counts for; 0: it goes as soon as it is first.
        let units: Int
    }

    private var entries: [Entry] = []
    /// Those before are gone.
    private var head = 0
    private var bytes = ByteBuffer()

    var isEmpty: Bool { head == entries.count }
    var byteCount: Int { bytes.count }
    var first: Entry? { head < entries.count ? entries[head] : nil }

    mutating func append(_ envelope: EventEnvelope?, _ bytes: RawSpan, units: Int) {
        entries.append(Entry(envelope: envelope, byteCount: bytes.byteCount, units: units))
        self.bytes.append(bytes)
    }

    /// Hands out the bytes of the first entry, if there is one, and drops it.
    mutating func removeFirst(_ body: (RawSpan) -> Void) {
        guard let first else { return }
        bytes.withBytes { body($0.extracting(0..<first.byteCount)) }
        bytes.removeFirst(first.byteCount)
        head += 1
        if head == entries.count {
            entries.removeAll(keepingCapacity: head <= 64)
            head = 0
            bytes.releaseIfEmpty()
        } else if head >= 256, head * 2 > entries.count {
            entries.removeSubrange(..<head)
            head = 0
        }
    }
}
