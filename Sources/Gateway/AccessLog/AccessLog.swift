import Upstreams

/// The access log of one worker: collects the lines of a loop turn and hands them over in one piece.
///
/// Belongs to the worker's thread. Never writes to a file and never waits.
final class AccessLog: TurnTask {
    private let writer: LogWriter
    private let loop: any Reactor
    private var batch = ByteBuffer()
    private var lines = 0

    init(writer: LogWriter, loop: any Reactor) {
        self.writer = writer
        self.loop = loop
    }

    /// Adds a line to the batch of this turn.
    func record(_ entry: borrowing AccessLogEntry) {
        guard writer.hasAccessLog else { return }
        if lines == 0 { loop.atEndOfTurn(self) }
        AccessLogEncoder.encode(entry, into: &batch)
        lines += 1
        if batch.count >= 65536 { flush() }
    }

    func runAtEndOfTurn() { flush() }

    /// Hands the batch to the writer; to be called at the end of each turn. Does nothing without lines.
    func flush() {
        guard lines > 0 else { return }
        writer.submit(batch.copy(), lines: lines, to: .access)
        batch.removeAll()
        lines = 0
    }
}
