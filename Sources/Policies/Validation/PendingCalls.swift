/// The tool calls of one assistant message, until each has its answer.
///
/// At most 128 are kept, which is as many as a message may have, so that looking one up takes bounded time.
struct PendingCalls {
    private struct Call {
        let digest: UInt64
        /// Of the call's id.
        let node: Int
        var isAnswered = false
    }

    enum Answer {
        case accepted
        /// No call has that id.
        case unknown
        /// Another message answered it already.
        case repeated
    }

    private var calls: [Call] = []

    static let most = 128

    var isEmpty: Bool { calls.isEmpty }

    /// The ids of calls without an answer.
    var unanswered: [Int] { calls.filter { !$0.isAnswered }.map(\.node) }

    mutating func removeAll() { calls.removeAll(keepingCapacity: true) }

    /// False if a call of that id is there already.
    mutating func add(_ node: Int, in tree: any JSONTree) -> Bool {
        let digest = tree.digest(of: node)
        if calls.contains(where: { $0.digest == digest }) { return false }
        if calls.count < Self.most { calls.append(Call(digest: digest, node: node)) }
        return true
    }

    /// `node`: the id that a tool's message names.
    mutating func answer(_ node: Int, in tree: any JSONTree) -> Answer {
        let digest = tree.digest(of: node)
        guard let place = calls.firstIndex(where: { $0.digest == digest }) else { return .unknown }
        if calls[place].isAnswered { return .repeated }
        calls[place].isAnswered = true
        return .accepted
    }
}
