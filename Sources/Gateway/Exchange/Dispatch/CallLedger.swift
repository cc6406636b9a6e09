/// A sink that wants to know which calls were made for what it is told, by an upstream that asks other models of the
/// gateway.
protocol CallLedger: AnyObject {
    /// Calls that are over. `cost`: nano-dollars of the answers that came of them; nil: nobody knows.
    func add(_ calls: AttemptList, cost: Int?)
}
