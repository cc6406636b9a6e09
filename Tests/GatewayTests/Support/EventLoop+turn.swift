import CUV
import Upstreams

@testable import Gateway

extension EventLoop {
    /// Turns until `condition` holds; false if it does not within `milliseconds`. Looks at it every `tick` milliseconds
    /// at least.
    func turn(within milliseconds: Int = 30_000, tick: Int = 2, until condition: () -> Bool) -> Bool {
        let deadline = now.advanced(milliseconds: milliseconds)
        // Some timer is always running: without one the loop would sleep although the condition holds already, or
        // although the deadline has passed.
        var alarm: (any ReactorTimer)?
        alarm = timer { alarm?.arm(milliseconds: tick) }
        alarm?.arm(milliseconds: tick)
        defer { alarm?.cancel() }
        while !condition() {
            guard now < deadline else { return false }
            unsafe uv_run(uv, UV_RUN_ONCE)
        }
        return true
    }

    /// Turns once without blocking.
    func turnOnce() { unsafe uv_run(uv, UV_RUN_NOWAIT) }

    /// Turns for `milliseconds`, to see what happens in them.
    func turn(for milliseconds: Int) { _ = turn(within: milliseconds, tick: milliseconds + 1) { false } }
}
