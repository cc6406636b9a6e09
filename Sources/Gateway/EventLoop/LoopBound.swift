/// Carries a value that belongs to a loop into a task of the same loop.
///
/// `@unchecked Sendable`: the value is read on the loop's thread alone, which every access checks.
struct LoopBound<Value>: @unchecked Sendable {
    private let bound: Value
    private let executor: LoopExecutor

    init(_ value: Value, to loop: EventLoop) {
        bound = value
        executor = loop.executor
    }

    var value: Value {
        executor.assertOnLoop()
        return bound
    }
}

extension EventLoop {
    /// Runs `body` as a task on this loop, at once and up to its first wait; each later part runs here as well.
    @discardableResult
    func start(_ body: @escaping () async -> Void) -> Task<Void, Never> {
        let body = LoopBound(body, to: self)
        return Task.immediate(executorPreference: executor) { await body.value() }
    }
}
