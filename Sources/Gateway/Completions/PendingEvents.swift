import Upstreams

/// Events that wait to be read or to be published, their payloads back to back in one buffer.
struct PendingEvents: ~Copyable {
    private struct Record {
        let count: Int
        let kind: LogEventKind
    }

    private var records: [Record] = []
    private var payloads = ByteBuffer()

    /// Memory beyond this is given back once everything is read.
    private static let keptBytes = 16 * 1024

    var count: Int { records.count }
    var byteCount: Int { payloads.count }

    @inline(__always)
    mutating func append(_ payload: RawSpan, _ kind: LogEventKind) {
        records.append(Record(count: payload.byteCount, kind: kind))
        payloads.append(payload)
    }

    /// Hands out all events in order and forgets them. Returns how many there were.
    @inline(__always)
    mutating func drain(_ body: (RawSpan, LogEventKind) -> Void) -> Int {
        let count = records.count
        guard count > 0 else { return 0 }
        payloads.withBytes { bytes in
            var offset = 0
            for record in records {
                body(bytes.extracting(offset..<offset + record.count), record.kind)
                offset += record.count
            }
        }
        forget()
        return count
    }

    /// Makes a batch of all events, the first of which has this offset in its log, and forgets them.
    mutating func seal(firstOffset: Int) -> EventBatch {
        var end = 0
        let entries = records.map { record in
            end += record.count
            return EventBatch.Entry(end: end, kind: record.kind)
        }
        let batch = EventBatch(firstOffset: firstOffset, entries: entries, payloads: payloads.copy())
        forget()
        return batch
    }

    private mutating func forget() {
        records.removeAll(keepingCapacity: true)
        payloads.removeAll()
        if payloads.capacity > Self.keptBytes { payloads.releaseIfEmpty() }
    }
}
