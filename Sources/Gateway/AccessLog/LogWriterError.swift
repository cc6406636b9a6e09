/// Why a log cannot be written.
enum LogWriterError: Error, Equatable {
    /// The file of a log cannot be opened; `code` is errno.
    case cannotOpen(path: String, code: Int32)
    /// The system gives no thread or no pipe; `code` is errno.
    case noResources(code: Int32)
}
