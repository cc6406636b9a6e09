/// How one exchange of `sluice chat` ended. Only `whole` is a success, and only a dialect's own mark of success makes it.
enum ChatEnding: Hashable {
    case whole
    /// The gateway or the provider refused or failed, and said so, or could not be asked.
    case failed(String)
    /// What came ended before its mark of success, and nobody said why.
    case cut(String)
    /// The client's time ran out, or the gateway told that its own had.
    case timeout(String)
    /// Ctrl-C.
    case interrupted

    /// The exit code of the command.
    var exitCode: Int32 {
        switch self {
        case .whole: 0
        case .failed: 1
        case .cut: 3
        case .timeout: 4
        case .interrupted: 130
        }
    }

    /// What the user is told of it; nil: nothing.
    var message: String? {
        switch self {
        case .whole, .interrupted: nil
        case .failed(let message), .timeout(let message): message
        case .cut(let message): "The answer broke off: " + message
        }
    }

    /// In a few words, for reports.
    var summary: String {
        switch self {
        case .whole: "a whole answer"
        case .failed(let message): "a failure (\(message))"
        case .cut(let message): "an answer that broke off (\(message))"
        case .timeout(let message): "a timeout (\(message))"
        case .interrupted: "an interruption"
        }
    }
}
