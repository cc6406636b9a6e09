import Upstreams

/// Events that wait to be read, their payloads back to back in one buffer.
struct UnreadEvents: ~Copyable {
    private struct Record {
        let count: Int
        let kind: CompletionLog.Kind
    }

    private var records: [Record] = []
    private var payloads = ByteBuffer()

    /// Memory beyond this is given back once everything is read.
    private static let keptBytes = 16 * 1024

    var count: Int { records.count }
    var byteCount: Int { payloads.count }

    @inline(__always)
    mutating func append(_ payload: RawSpan, _ kind: CompletionLog.Kind) {
        records.append(Record(count: payload.byteCount, kind: kind))
        payloads.append(payload)
    }

    /// Hands out all events in order and forgets them. Returns how many there were.
    @inline(__always)
    mutating func drain(_ body: (RawSpan, CompletionLog.Kind) -> Void) -> Int {
        let count = records.count
        guard count > 0 else { return 0 }
        payloads.withBytes { bytes in
            var offset = 0
            for record in records {
                body(bytes.extracting(offset..<offset + record.count), record.kind)
                offset += record.count
            }
        }
        records.removeAll(keepingCapacity: true)
        payloads.removeAll()
        if payloads.capacity > Self.keptBytes { payloads.releaseIfEmpty() }
        return count
    }
}
