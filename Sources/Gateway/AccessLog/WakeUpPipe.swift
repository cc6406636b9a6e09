import Glibc

/// Wakes a thread that waits: a pipe that never blocks its writer. Owns both ends.
final class WakeUpPipe: Sendable {
    private let readEnd: Int32
    private let writeEnd: Int32

    init() throws(LogWriterError) {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else { throw .noResources(code: errno) }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        readEnd = ends[0]
        writeEnd = ends[1]
    }

    deinit {
        close(readEnd)
        close(writeEnd)
    }

    /// Lets `wait()` return, now or when it is next called.
    func wake() {
        var byte: UInt8 = 0
        // A full pipe means that a wake-up is under way already.
        _ = unsafe write(writeEnd, &byte, 1)
    }

    /// Waits for `wake()`, and takes all calls of it so far.
    func wait() {
        var watched = pollfd(fd: readEnd, events: Int16(POLLIN), revents: 0)
        _ = unsafe poll(&watched, 1, -1)
        var bytes: UInt64 = 0
        while unsafe read(readEnd, &bytes, 8) > 0 {}
    }
}
