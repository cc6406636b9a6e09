import Upstreams

/// Consecutive events of a log, published together. Immutable, so that readers on any worker use it without a lock.
final class EventBatch: Sendable {
    struct Entry: Sendable {
        /// Where the event's payload ends among all payloads.
        let end: Int
        let kind: LogEventKind
    }

    /// The offset of the first event in its log.
    let firstOffset: Int
    let entries: [Entry]
    /// Back to back.
    let payloads: [UInt8]

    init(firstOffset: Int, entries: [Entry], payloads: [UInt8]) {
        precondition(!entries.isEmpty, "a batch without events")
        self.firstOffset = firstOffset
        self.entries = entries
        self.payloads = payloads
    }

    /// All events of consecutive batches in one: less memory for a log that is over.
    convenience init(joining batches: [EventBatch]) {
        var entries: [Entry] = []
        var payloads: [UInt8] = []
        entries.reserveCapacity(batches.reduce(0) { $0 + $1.entries.count })
        payloads.reserveCapacity(batches.reduce(0) { $0 + $1.payloads.count })
        for batch in batches {
            let start = payloads.count
            entries += batch.entries.map { Entry(end: start + $0.end, kind: $0.kind) }
            payloads += batch.payloads
        }
        self.init(firstOffset: batches[0].firstOffset, entries: entries, payloads: payloads)
    }

    /// The events from `offset` on, which must be one of theirs.
    func suffix(from offset: Int) -> EventBatch {
        let dropped = offset - firstOffset
        precondition(dropped >= 0 && dropped < entries.count, "an offset of another batch")
        guard dropped > 0 else { return self }
        let start = entries[dropped - 1].end
        return EventBatch(
            firstOffset: offset, entries: entries[dropped...].map { Entry(end: $0.end - start, kind: $0.kind) },
            payloads: Array(payloads[start...]))
    }

    /// The offset after the last event.
    var endOffset: Int { firstOffset + entries.count }

    /// Memory that it takes, about.
    var cost: Int { payloads.count + entries.count * MemoryLayout<Entry>.stride + 128 }

    /// Hands out the events from `offset` on.
    @inline(__always)
    func forEach(from offset: Int, _ body: (RawSpan, LogEventKind) -> Void) {
        let first = max(0, offset - firstOffset)
        let payloads = payloads
        let bytes = unsafe payloads.span.bytes
        var start = first == 0 ? 0 : entries[first - 1].end
        for entry in entries[first...] {
            body(bytes.extracting(start..<entry.end), entry.kind)
            start = entry.end
        }
    }
}
