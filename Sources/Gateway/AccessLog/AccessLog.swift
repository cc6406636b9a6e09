import Upstreams

/// The access log of one worker: collects the lines of a loop turn and hands them over in one piece.
///
/// Belongs to the worker's thread. Never writes to a file and never waits.
final class AccessLog {
    private let writer: LogWriter
    private var batch = ByteBuffer()
    private var lines = 0

    init(writer: LogWriter) { self.writer = writer }

    /// Adds a line to the batch of this turn.
    func record(_ entry: borrowing AccessLogEntry) {
        AccessLogEncoder.encode(entry, into: &batch)
        lines += 1
        if batch.count >= 65536 { flush() }
    }

    /// Hands the batch to the writer; to be called at the end of each turn. Does nothing without lines.
    func flush() {
        guard lines > 0 else { return }
        writer.submit(batch.copy(), lines: lines, to: .access)
        batch.removeAll()
        lines = 0
    }
}
