/// What Upstreams needs of the loop that runs it. Everything is called on the loop's own thread.
package protocol Reactor: AnyObject {
    /// The present time; cheap.
    var now: MonotonicTime { get }
    /// Watches a non-blocking descriptor; nothing is wanted until `want(_:)` is called.
    func watch(descriptor: Int32, _ handler: @escaping (Readiness) -> Void) -> any DescriptorWatch
    func timer(_ handler: @escaping () -> Void) -> any ReactorTimer
    /// Runs `task` once, at the end of the present turn, before the loop blocks again.
    func atEndOfTurn(_ task: any TurnTask)
}

/// Something with work to do once at the end of a turn, when everything that happened in the turn is known.
package protocol TurnTask: AnyObject {
    func runAtEndOfTurn()
}

/// One descriptor on a loop. Never closes the descriptor itself.
package protocol DescriptorWatch: AnyObject {
    /// Changes what is watched for. Dropping everything after reading is lazy: the kernel is told only when the
    /// descriptor becomes readable while nobody wants it, which spares two system calls per transfer.
    func want(_ readiness: Readiness)
    /// Ends watching; must be called before the descriptor is closed. Calling it again does nothing.
    func stop()
}

/// One timer on a loop. May be armed again and again; never fires after `cancel()`.
package protocol ReactorTimer: AnyObject {
    /// Fires once, `milliseconds` from now (0: in the next turn), replacing an earlier arming.
    func arm(milliseconds: Int)
    /// Disarms; the timer may be armed again.
    func cancel()
}
