import CUV
import Glibc
import Upstreams

/// One libuv loop and the thread that runs it.
///
/// Owns the loop, the executor that runs Swift tasks on it, and the list of work for the end of a turn. A turn is:
/// libuv calls back for timers and ready descriptors, then tasks that were woken run, then everything that asked for
/// the end of the turn (flushing sockets, libcurl's immediate timeouts), until nothing is left; then it blocks again.
/// Created and used on one thread only; `Mailbox` is the way in for others. libuv's part of it is never freed: handles
/// may be let go of after the loop, and a process makes one loop per worker.
@safe
final class EventLoop: Reactor {
    let executor: LoopExecutor
    /// Turns taken since the start.
    private(set) var turns = 0
    /// Time since the start in which the loop worked rather than waited.
    var busyNanoseconds: Int { Int(uv_hrtime() - startedAt) - Int(unsafe uv_metrics_idle_time(loop)) }
    private let startedAt = uv_hrtime()
    private let loop: UnsafeMutablePointer<uv_loop_t>
    private let prepare: UnsafeMutablePointer<uv_prepare_t>
    private let idle: UnsafeMutablePointer<uv_idle_t>
    private var endOfTurn: [any TurnTask] = []
    private var running: [any TurnTask] = []
    private var isIdling = false
    private var isStopped = false

    /// Rounds of woken work in one turn before descriptors get their turn again, so that no exchange starves others.
    private static let roundsPerTurn = 32

    init() {
        unsafe loop = .allocate(capacity: 1)
        unsafe prepare = .allocate(capacity: 1)
        unsafe idle = .allocate(capacity: 1)
        let code = unsafe uv_loop_init(loop)
        precondition(code == 0, "uv_loop_init failed: \(code)")
        unsafe sluice_uv_measure_idle_time(loop)
        executor = unsafe LoopExecutor(wakingUp: loop)
        unsafe uv_prepare_init(loop, prepare)
        unsafe uv_idle_init(loop, idle)
        unsafe prepare.pointee.data = Unmanaged.passUnretained(self).toOpaque()
        unsafe uv_prepare_start(prepare) { handle in
            guard let data = unsafe handle?.pointee.data else { return }
            unsafe Unmanaged<EventLoop>.fromOpaque(data)._withUnsafeGuaranteedRef { $0.finishTurn() }
        }
        endOfTurn.reserveCapacity(256)
        running.reserveCapacity(256)
    }

    /// libuv's own pointer, for the handle types in this folder.
    @unsafe var uv: UnsafeMutablePointer<uv_loop_t> { unsafe loop }

    /// Runs until `stop()`. Must be called on the thread that made the loop.
    func run() {
        executor.assertOnLoop()
        unsafe uv_run(loop, UV_RUN_DEFAULT)
    }

    /// Ends `run()` at the end of this turn.
    func stop() {
        isStopped = true
        unsafe uv_stop(loop)
    }

    // MARK: Reactor

    var now: MonotonicTime { MonotonicTime(nanoseconds: Int64(bitPattern: uv_hrtime())) }

    func watch(descriptor: Int32, _ handler: @escaping (Readiness) -> Void) -> any DescriptorWatch {
        LoopWatch(loop: self, descriptor: descriptor, handler)
    }

    func timer(_ handler: @escaping () -> Void) -> any ReactorTimer {
        LoopTimer(loop: self, handler)
    }

    func atEndOfTurn(_ task: any TurnTask) {
        endOfTurn.append(task)
    }

    // MARK: End of a turn

    private func finishTurn() {
        turns += 1
        var rounds = 0
        while rounds < Self.roundsPerTurn {
            executor.drain()
            if endOfTurn.isEmpty { break }
            swap(&endOfTurn, &running)
            for task in running { task.runAtEndOfTurn() }
            running.removeAll(keepingCapacity: true)
            rounds += 1
        }
        keepTurning(!endOfTurn.isEmpty || executor.hasWork)
    }

    /// An idle handle makes the next poll return at once.
    private func keepTurning(_ wanted: Bool) {
        guard wanted != isIdling, !isStopped else { return }
        isIdling = wanted
        if wanted {
            unsafe uv_idle_start(idle) { _ in }
        } else {
            unsafe uv_idle_stop(idle)
        }
    }
}
