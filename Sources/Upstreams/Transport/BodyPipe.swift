/// The body of one request on its way from a client to a provider: whoever receives it writes, the transport takes.
///
/// Holds some 128 KiB at most, if the writer heeds `isFull`. Both sides hear of each other at the end of a turn of the
/// loop, so that neither calls into the other. States: open → finished, when all is written → drained, when all is taken.
package final class BodyPipe: TurnTask {
    /// Bytes of the whole body; nil: nobody knows, and it travels in chunks.
    package let length: Int?
    /// Something was taken, so the provider may have read it.
    package private(set) var hasStarted = false
    /// Called when there is room again, or when the first bytes were taken.
    package var didTake: (() -> Void)?
    /// Called when something was written, or the body is finished.
    var didWrite: (() -> Void)?
    /// Called when something was taken, with its bytes.
    var didSend: (Int) -> Void = { _ in }
    private let reactor: any Reactor
    private var waiting = ByteBuffer()
    private var isFinished = false
    private var isLastChunkTaken = false
    private var hasNews = (written: false, taken: false)
    private var isQueued = false

    /// Bytes from which on nothing more should be written.
    package static let highBytes = 64 * 1024

    package init(length: Int?, reactor: any Reactor) {
        self.length = length
        self.reactor = reactor
    }

    // MARK: The writer

    package var isFull: Bool { waiting.count >= Self.highBytes }

    package func write(_ bytes: RawSpan) {
        precondition(!isFinished, "a body goes on behind its end")
        waiting.append(bytes)
        hasNews.written = true
        queue()
    }

    /// All has been written.
    package func finish() {
        isFinished = true
        hasNews.written = true
        queue()
    }

    // MARK: The transport

    /// Whether all has been taken.
    var isDrained: Bool { isFinished && waiting.isEmpty && (length != nil || isLastChunkTaken) }

    /// Moves what waits to the end of `output`, in chunks (RFC 9112 section 7.1) if the length is not known. False:
    /// there is nothing for now, or nothing more.
    func take(into output: inout ByteBuffer) -> Bool {
        guard !isDrained, !waiting.isEmpty || isFinished && length == nil else { return false }
        if length == nil {
            if !waiting.isEmpty {
                output.append(hexadecimal: waiting.count)
                output.append("\r\n")
                waiting.withBytes { output.append($0) }
                output.append("\r\n")
            }
            if isFinished {
                output.append("0\r\n\r\n")
                isLastChunkTaken = true
            }
        } else {
            waiting.withBytes { output.append($0) }
        }
        let count = waiting.count
        waiting.removeAll()
        took(count)
        return true
    }

    /// Copies from the front into `room`, without chunks. Nil: nothing waits for now; 0: the body is over.
    @unsafe func take(into room: UnsafeMutableRawBufferPointer) -> Int? {
        guard !waiting.isEmpty else { return isFinished ? 0 : nil }
        let count = unsafe waiting.withUnsafeBytes { bytes in
            let count = min(bytes.count, room.count)
            unsafe room.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<count]))
            return count
        }
        waiting.removeFirst(count)
        took(count)
        return count
    }

    private func took(_ count: Int) {
        didSend(count)
        hasStarted = true
        hasNews.taken = true
        queue()
    }

    // MARK: News

    private func queue() {
        guard !isQueued else { return }
        isQueued = true
        reactor.atEndOfTurn(self)
    }

    package func runAtEndOfTurn() {
        isQueued = false
        let news = hasNews
        hasNews = (false, false)
        if news.written { didWrite?() }
        if news.taken, !isFull { didTake?() }
    }
}
