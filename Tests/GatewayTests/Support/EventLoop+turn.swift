import CUV
import Upstreams

@testable import Gateway

extension EventLoop {
    /// Turns until `condition` holds; false if it does not within `milliseconds`.
    func turn(within milliseconds: Int = 5000, until condition: () -> Bool) -> Bool {
        let deadline = now.advanced(milliseconds: milliseconds)
        let alarm = timer {}
        while !condition() {
            guard now < deadline else { return false }
            // Without it the loop would sleep although the work at the end of a turn has made the condition true.
            alarm.arm(milliseconds: 2)
            unsafe uv_run(uv, UV_RUN_ONCE)
        }
        alarm.cancel()
        return true
    }

    /// Turns for `milliseconds`, to see what happens in them.
    func turn(for milliseconds: Int) {
        var isOver = false
        let alarm = timer { isOver = true }
        alarm.arm(milliseconds: milliseconds)
        while !isOver { unsafe uv_run(uv, UV_RUN_ONCE) }
    }
}
