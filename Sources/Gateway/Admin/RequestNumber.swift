/// Names a request under way within the process: its worker, and its number there. Request ids will not do, since
/// clients choose theirs.
struct RequestNumber: Hashable, Sendable, CustomStringConvertible {
    let worker: Int
    /// From 1, in the order in which they came.
    let number: Int

    init(worker: Int, number: Int) {
        self.worker = worker
        self.number = number
    }

    /// Reads the form of `description`; nil for anything else.
    init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let worker = Int(parts[0]), let number = Int(parts[1]), worker >= 0, number > 0,
            "\(worker)-\(number)" == text
        else { return nil }
        self.init(worker: worker, number: number)
    }

    /// Such as `0-1742`.
    var description: String { "\(worker)-\(number)" }
}
