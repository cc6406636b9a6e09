import Glibc

/// The thread of one worker.
///
/// Has to be joined before the process exits: libraries undo at exit what a thread that ends still uses.
struct WorkerThread {
    private let thread: pthread_t

    private final class Start: Sendable {
        let index: Int
        let plan: WorkerPlan

        init(_ index: Int, _ plan: WorkerPlan) {
            self.index = index
            self.plan = plan
        }
    }

    /// Starts it. The worker is made and used on the new thread alone.
    init(_ index: Int, _ plan: WorkerPlan) {
        let start = unsafe Unmanaged.passRetained(Start(index, plan)).toOpaque()
        var thread = pthread_t()
        let code = unsafe pthread_create(
            &thread, nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                let start = unsafe Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
                Worker(start.index, start.plan).run()
                return nil
            }, start)
        precondition(code == 0, "no thread for a worker: \(code)")
        self.thread = thread
    }

    /// Waits until the worker has ended and its thread is gone.
    func join() { pthread_join(thread, nil) }
}
