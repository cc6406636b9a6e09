import Glibc
import Logging
import Synchronization
import Upstreams

/// The one thread that writes log lines.
///
/// Any thread hands it whole lines in batches and goes on at once; what finds the queue full is dropped and counted.
/// Owns the thread and its outputs. `close()` must be called once at the end; lines that come later are dropped.
final class LogWriter: Sendable {
    private let queue: LogQueue
    private let wakeUp: WakeUpPipe
    private let thread = Mutex<pthread_t?>(nil)
    /// False: lines of the access log go nowhere.
    let hasAccessLog: Bool
    private let style: LogStyle

    /// Opens the outputs and starts the thread.
    ///
    /// - Parameters:
    ///   - access: nil for no access log.
    ///   - style: of the lines of the operational log.
    ///   - maxQueuedBytes: what may wait to be written before lines are dropped.
    init(
        access: LogDestination?, operational: LogDestination = .standardError, style: LogStyle = .text,
        maxQueuedBytes: Int = 4 << 20
    ) throws(LogWriterError) {
        queue = LogQueue(maxBytes: maxQueuedBytes)
        wakeUp = try WakeUpPipe()
        self.style = style
        hasAccessLog = access != nil
        var outputs: [LogKind: LogOutput] = [:]
        if let access { outputs[.access] = try LogOutput(access) }
        outputs[.operational] = try LogOutput(operational)
        try start(outputs)
    }

    /// Hands over a batch of whole lines. Never waits: a batch that does not fit is dropped and counted.
    func submit(_ bytes: [UInt8], lines: Int, to log: LogKind) {
        guard log != .access || hasAccessLog else { return }
        if queue.add(LogBatch(bytes: bytes, lines: lines, log: log)) { wakeUp.wake() }
    }

    /// Hands over a line of the operational log.
    func submit(_ line: OperationalLogLine) {
        var buffer = ByteBuffer()
        line.encode(style, into: &buffer)
        submit(buffer.copy(), lines: 1, to: .operational)
    }

    /// Opens the files anew, for rotation: lines handed over before go to the old ones, lines after to the new. A file
    /// that cannot be opened is told in the operational log, and the old one stays in use.
    func reopen() {
        if queue.requestReopening() { wakeUp.wake() }
    }

    /// Writes what was handed over, for `deadlineMilliseconds` at most, and ends the thread. Calling it again does
    /// nothing.
    func close(deadlineMilliseconds: Int = 5000) {
        if queue.close(deadline: Self.monotonicNow + deadlineMilliseconds * 1_000_000) { wakeUp.wake() }
        let running = thread.withLock { thread in
            defer { thread = nil }
            return thread
        }
        if let running { pthread_join(running, nil) }
    }

    /// What became of the lines so far.
    var counts: (access: LogCounts, operational: LogCounts) { queue.counts }

    // MARK: The thread

    /// What the new thread is given through C.
    private final class Start: Sendable {
        let writer: LogWriter
        let outputs: [LogKind: LogOutput]

        init(_ writer: LogWriter, _ outputs: [LogKind: LogOutput]) {
            self.writer = writer
            self.outputs = outputs
        }
    }

    private func start(_ outputs: [LogKind: LogOutput]) throws(LogWriterError) {
        var thread = pthread_t()
        let start = unsafe Unmanaged.passRetained(Start(self, outputs))
        let code = unsafe pthread_create(
            &thread, nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                let start = unsafe Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
                start.writer.run(start.outputs)
                return nil
            }, start.toOpaque())
        guard code == 0 else {
            unsafe start.release()
            throw .noResources(code: code)
        }
        self.thread.withLock { $0 = thread }
    }

    private func run(_ initial: [LogKind: LogOutput]) {
        var outputs = initial
        while true {
            switch queue.take() {
            case .items(let items): for item in items { perform(item, &outputs) }
            case .wait: wakeUp.wait()
            case .end: return
            }
        }
    }

    private func perform(_ item: LogItem, _ outputs: inout [LogKind: LogOutput]) {
        switch item {
        case .write(let batch): write(batch, to: outputs[batch.log])
        case .reopen: outputs = outputs.mapValues(reopened)
        }
    }

    private func write(_ batch: LogBatch, to output: LogOutput?) {
        let written = output?.write(batch.bytes) { queue.deadline.map { Self.monotonicNow < $0 } ?? true }
        queue.finished(batch, written: written ?? false)
    }

    private func reopened(_ output: LogOutput) -> LogOutput {
        do {
            return try LogOutput(output.destination)
        } catch {
            submit(
                OperationalLogLine(
                    time: WallClock.now, level: .error, label: "log", message: "cannot open a log file anew: \(error)"))
            return output
        }
    }

    private static var monotonicNow: Int {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }
}
