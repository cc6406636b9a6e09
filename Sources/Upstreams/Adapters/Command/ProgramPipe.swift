import Glibc

/// The gateway's end of a pipe to a program, watched by the loop. Closes the descriptor once.
final class ProgramPipe {
    enum Result {
        case moved(Int)
        case wouldBlock
        /// The other end is closed.
        case ended
    }

    private let descriptor: Int32
    private var watch: (any DescriptorWatch)?

    init(_ descriptor: Int32, _ reactor: any Reactor, _ readiness: Readiness, _ handler: @escaping () -> Void) {
        self.descriptor = descriptor
        watch = reactor.watch(descriptor: descriptor) { _ in handler() }
        watch?.want(readiness)
    }

    deinit { close() }

    func want(_ readiness: Readiness) { watch?.want(readiness) }

    func close() {
        guard let watch else { return }
        watch.stop()
        self.watch = nil
        Glibc.close(descriptor)
    }

    /// Appends at most `room` bytes.
    func read(into buffer: inout ByteBuffer, _ room: Int) -> Result {
        var moved = 0
        repeat {
            _ = unsafe buffer.fill(room: room) { space in
                moved = unsafe Glibc.read(descriptor, space.baseAddress, min(space.count, room))
                return max(0, moved)
            }
        } while moved < 0 && errno == EINTR
        if moved > 0 { return .moved(moved) }
        return moved < 0 && errno == EAGAIN ? .wouldBlock : .ended
    }

    func write(_ buffer: borrowing ByteBuffer) -> Result {
        while true {
            let moved = unsafe buffer.withUnsafeBytes { bytes in
                unsafe Glibc.write(descriptor, bytes.baseAddress, bytes.count)
            }
            if moved >= 0 { return .moved(moved) }
            if errno != EINTR { return errno == EAGAIN ? .wouldBlock : .ended }
        }
    }
}
