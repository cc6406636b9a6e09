/// Why a command has no usable reply. The first group is the client's, the second the server's.
package enum RedisError: Error, Equatable, Sendable {
    /// The breaker is open: the command was not tried.
    case unavailable
    /// Too many commands wait; the command was not sent.
    case queueFull
    /// No reply in time. The command may have been carried out, or may yet be.
    case timeout
    /// The connection ended before the reply. The command may have been carried out.
    case connectionLost
    /// No connection could be made.
    case connect(TransportFailure)
    /// What came is not Redis' protocol, or not the reply that the command has.
    case protocolViolation
    /// The client was closed.
    case closed

    /// The script is not known to this server.
    case noScript
    /// The slot lies on another node. An empty host stands for the node that answered.
    case moved(slot: Int, host: String, port: Int)
    /// The slot is on its way to another node, to be asked this once.
    case ask(slot: Int, host: String, port: Int)
    /// A command on several keys, whose slot is on its way.
    case tryAgain
    /// The keys are not in one slot.
    case crossSlot
    /// The cluster does not serve this slot now.
    case clusterDown
    /// The server's memory is full (`maxmemory` without eviction).
    case outOfMemory
    /// A replica, which takes no writes.
    case readOnly
    /// A replica without its master.
    case masterDown
    /// The server reads its data from disk.
    case loading
    /// A script runs for too long.
    case busy
    /// The key holds another type.
    case wrongType
    /// No or wrong user and password, or a command that the user may not use.
    case noAuth
    /// Any other, in the server's words.
    case other(String)
}

extension RedisError {
    /// Reads the server's words, which begin with a code.
    init(reply text: String) {
        let words = text.split(separator: " ", maxSplits: 3)
        switch words.first {
        case "NOSCRIPT": self = .noScript
        case "MOVED", "ASK": self = Self.redirection(words) ?? .other(text)
        case "TRYAGAIN": self = .tryAgain
        case "CROSSSLOT": self = .crossSlot
        case "CLUSTERDOWN": self = .clusterDown
        case "OOM": self = .outOfMemory
        case "READONLY": self = .readOnly
        case "MASTERDOWN": self = .masterDown
        case "LOADING": self = .loading
        case "BUSY": self = .busy
        case "WRONGTYPE": self = .wrongType
        case "NOAUTH", "WRONGPASS", "NOPERM": self = .noAuth
        // A script's own error carries the error of the command that it called.
        case "ERR" where text.contains("-OOM "): self = .outOfMemory
        case "ERR" where text.contains("-READONLY "): self = .readOnly
        // What a server before 6 says of a password.
        case "ERR" where text.hasPrefix("ERR invalid password"): self = .noAuth
        default: self = .other(text)
        }
    }

    /// `MOVED SLOT HOST:PORT`; the host may be IPv6 without brackets, or empty.
    private static func redirection(_ words: [Substring]) -> RedisError? {
        guard words.count >= 3, let slot = Int(words[1]), (0..<RedisHashSlot.count).contains(slot),
            let colon = words[2].lastIndex(of: ":"), let port = Int(words[2][words[2].index(after: colon)...])
        else { return nil }
        let host = String(words[2][..<colon])
        return words[0] == "MOVED"
            ? .moved(slot: slot, host: host, port: port) : .ask(slot: slot, host: host, port: port)
    }

    /// Whether the server as a whole cannot serve at present, so that further commands would fare no better.
    var isServerFailure: Bool {
        switch self {
        case .timeout, .connectionLost, .connect, .protocolViolation, .readOnly, .masterDown, .loading, .busy: true
        default: false
        }
    }
}
