import CUV
import Glibc
import Synchronization
import Upstreams

/// Runs the jobs of Swift tasks on a loop's thread, at the end of each turn.
///
/// A job enqueued on the loop's own thread is an append to an array. One from another thread takes a lock and wakes
/// the loop; no code of the gateway does that on the path of a request, and `foreignJobs` counts it so that a test
/// can tell. `@unchecked Sendable`: `local` is touched on the loop's thread alone, which `enqueue` checks.
@safe
final class LoopExecutor: TaskExecutor, @unchecked Sendable {
    private let thread = pthread_self()
    private let foreign = Mutex<[UnownedJob]>([])
    private let foreignCount = Atomic<Int>(0)
    private let wakeUp: LoopWakeUp
    private var local: [UnownedJob] = []
    private var next = 0

    @unsafe init(wakingUp loop: UnsafeMutablePointer<uv_loop_t>) {
        unsafe wakeUp = LoopWakeUp(loop)
        local.reserveCapacity(1024)
    }

    /// Jobs that came from other threads since the start.
    var foreignJobs: Int { foreignCount.load(ordering: .relaxed) }

    var hasWork: Bool { next < local.count }

    var isOnLoop: Bool { pthread_equal(pthread_self(), thread) != 0 }

    func assertOnLoop() { precondition(isOnLoop, "called off the loop's thread") }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if isOnLoop {
            local.append(job)
        } else {
            foreignCount.add(1, ordering: .relaxed)
            foreign.withLock { $0.append(job) }
            wakeUp.send()
        }
    }

    /// Runs all jobs, those that they enqueue included.
    func drain() {
        if foreignCount.load(ordering: .relaxed) > 0 { takeForeign() }
        guard hasWork else { return }
        let executor = unsafe UnownedTaskExecutor(ordinary: self)
        while next < local.count {
            let job = local[next]
            next += 1
            unsafe job.runSynchronously(on: executor)
        }
        local.removeAll(keepingCapacity: true)
        next = 0
    }

    private func takeForeign() {
        let jobs = foreign.withLock { queue in
            defer { queue.removeAll() }
            return queue
        }
        local.append(contentsOf: jobs)
    }
}
