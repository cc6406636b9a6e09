import CUV
import Upstreams

/// One `uv_timer_t`. Its handle is closed when the owner lets go of the timer.
@safe
final class LoopTimer: ReactorTimer {
    private let handle: UnsafeMutablePointer<uv_timer_t>
    private let handler: () -> Void

    init(loop: EventLoop, _ handler: @escaping () -> Void) {
        unsafe handle = .allocate(capacity: 1)
        self.handler = handler
        unsafe uv_timer_init(loop.uv, handle)
        unsafe handle.pointee.data = Unmanaged.passUnretained(self).toOpaque()
    }

    deinit {
        unsafe uv_timer_stop(handle)
        let generic = unsafe UnsafeMutableRawPointer(handle).assumingMemoryBound(to: uv_handle_t.self)
        unsafe uv_close(generic) { handle in unsafe UnsafeMutableRawPointer(handle)?.deallocate() }
    }

    func arm(milliseconds: Int) {
        precondition(milliseconds >= 0, "a timer cannot fire in the past")
        unsafe uv_timer_start(
            handle,
            { handle in
                guard let data = unsafe handle?.pointee.data else { return }
                // Retained for the call: the handler may let go of the timer.
                let timer = unsafe Unmanaged<LoopTimer>.fromOpaque(data).takeUnretainedValue()
                timer.handler()
            }, UInt64(milliseconds), 0)
    }

    func cancel() { unsafe uv_timer_stop(handle) }
}
