import Glibc

/// Why a log cannot be written.
enum LogWriterError: Error, Equatable {
    /// The file of a log cannot be opened; `code` is errno.
    case cannotOpen(path: String, code: Int32)
    /// The system gives no thread or no pipe; `code` is errno.
    case noResources(code: Int32)
}

extension LogWriterError: CustomStringConvertible {
    var description: String {
        switch self {
        case .cannotOpen(let path, let code): unsafe "cannot open the log \(path): \(String(cString: strerror(code)))"
        case .noResources(let code): unsafe "cannot start the log's writer: \(String(cString: strerror(code)))"
        }
    }
}
