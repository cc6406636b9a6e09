import Glibc

/// Starts the thread of a worker.
enum WorkerThread {
    private final class Start: Sendable {
        let index: Int
        let plan: WorkerPlan

        init(_ index: Int, _ plan: WorkerPlan) {
            self.index = index
            self.plan = plan
        }
    }

    /// The worker is made and used on the new thread alone.
    static func start(_ index: Int, _ plan: WorkerPlan) {
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
        pthread_detach(thread)
    }
}
