import Glibc

/// An open destination of log lines, used by the writing thread alone. Owns the descriptor of a file; borrows those of
/// standard output and error.
final class LogOutput: Sendable {
    let destination: LogDestination
    private let descriptor: Int32
    /// Writing to a regular file does not wait for a reader.
    private let regular: Bool

    init(_ destination: LogDestination) throws(LogWriterError) {
        self.destination = destination
        switch destination {
        case .standardOutput: descriptor = STDOUT_FILENO
        case .standardError: descriptor = STDERR_FILENO
        case .file(let path):
            // Not blocking, for the sake of a named pipe that nobody reads.
            descriptor = unsafe open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0o640)
            guard descriptor >= 0 else { throw .cannotOpen(path: path, code: errno) }
        }
        var status = stat()
        regular = unsafe fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    deinit {
        if case .file = destination { close(descriptor) }
    }

    /// Writes all of `bytes`, waiting for a slow reader as long as `mayWait()` says so, which is asked
    /// ten times a second. False if that or an error ended it.
    func write(_ bytes: [UInt8], while mayWait: () -> Bool) -> Bool {
        var done = 0
        while done < bytes.count {
            guard regular || ready(while: mayWait) else { return false }
            let written = unsafe bytes.withUnsafeBytes { all in
                // A pipe that is ready takes a page without blocking, and perhaps no more.
                let count = regular ? all.count - done : min(all.count - done, 4096)
                return unsafe Glibc.write(descriptor, all.baseAddress.map { unsafe $0 + done }, count)
            }
            if written > 0 { done += written } else if errno != EINTR && errno != EAGAIN { return false }
        }
        return true
    }

    private func ready(while mayWait: () -> Bool) -> Bool {
        var watched = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        var patience: Int32 = 0
        while true {
            let count = unsafe poll(&watched, 1, patience)
            if count > 0 { return true }
            if count < 0 && errno != EINTR { return false }
            guard mayWait() else { return false }
            patience = 100
        }
    }
}
