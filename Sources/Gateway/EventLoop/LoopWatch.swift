import CUV
import Upstreams

/// Watches one descriptor by `uv_poll_t`.
///
/// libuv closes handles in a later turn, so the handle's memory and this object live until its close callback; after
/// `stop()` the handler is never called again, even if the kernel reuses the descriptor's number at once.
@safe
final class LoopWatch: DescriptorWatch {
    private var handle: UnsafeMutablePointer<uv_poll_t>?
    private var handler: ((Readiness) -> Void)?
    private var wanted: Readiness = []
    private var registered: Readiness = []

    init(loop: EventLoop, descriptor: Int32, _ handler: @escaping (Readiness) -> Void) {
        self.handler = handler
        let handle = UnsafeMutablePointer<uv_poll_t>.allocate(capacity: 1)
        unsafe self.handle = handle
        let code = unsafe uv_poll_init(loop.uv, handle, descriptor)
        precondition(code == 0, "uv_poll_init failed: \(code)")
        unsafe handle.pointee.data = Unmanaged.passRetained(self).toOpaque()
    }

    func want(_ readiness: Readiness) {
        guard let handle = unsafe handle else { return }
        wanted = readiness
        if readiness == registered || (readiness.isEmpty && registered == .readable) { return }
        unsafe register(readiness, handle)
    }

    func stop() {
        guard let handle = unsafe handle else { return }
        unsafe self.handle = nil
        handler = nil
        unsafe uv_poll_stop(handle)
        let generic = unsafe UnsafeMutableRawPointer(handle).assumingMemoryBound(to: uv_handle_t.self)
        unsafe uv_close(generic) { handle in
            guard let handle = unsafe handle else { return }
            let watch = unsafe Unmanaged<LoopWatch>.fromOpaque(handle.pointee.data)
            unsafe UnsafeMutableRawPointer(handle).deallocate()
            unsafe watch.release()
        }
    }

    @unsafe private func register(_ readiness: Readiness, _ handle: UnsafeMutablePointer<uv_poll_t>) {
        registered = readiness
        if readiness.isEmpty {
            unsafe uv_poll_stop(handle)
            return
        }
        unsafe uv_poll_start(handle, readiness.rawValue) { handle, status, events in
            guard let data = unsafe handle?.pointee.data else { return }
            unsafe Unmanaged<LoopWatch>.fromOpaque(data)._withUnsafeGuaranteedRef {
                if status < 0 { $0.fail() } else { $0.fire(Readiness(rawValue: events)) }
            }
        }
    }

    /// libuv stops a handle whose descriptor has an error, although there may be bytes to read before it is told.
    private func fail() {
        registered = []
        fire([.readable, .failed])
        want(wanted)
    }

    private func fire(_ readiness: Readiness) {
        guard let handle = unsafe handle, let handler else { return }
        if wanted.isEmpty {
            if !registered.isEmpty { unsafe register([], handle) }
            return
        }
        handler(readiness)
    }
}
