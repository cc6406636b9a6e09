import CUV

/// Wakes a loop from any thread (`uv_async_t`, the one libuv call that is safe from other threads).
///
/// Owns its handle for the life of the process' loops. `@unchecked Sendable`: the pointer never changes, and
/// `uv_async_send` may be called from anywhere. Many sends before the loop wakes become one call of the handler.
@safe
final class LoopWakeUp: @unchecked Sendable {
    private let handle: UnsafeMutablePointer<uv_async_t>
    private let handler: () -> Void

    /// `handler` runs on the loop's thread.
    @unsafe init(_ loop: UnsafeMutablePointer<uv_loop_t>, _ handler: @escaping () -> Void = {}) {
        unsafe handle = .allocate(capacity: 1)
        self.handler = handler
        unsafe handle.pointee.data = Unmanaged.passUnretained(self).toOpaque()
        let code = unsafe uv_async_init(loop, handle) { handle in
            guard let data = unsafe handle?.pointee.data else { return }
            unsafe Unmanaged<LoopWakeUp>.fromOpaque(data)._withUnsafeGuaranteedRef { $0.handler() }
        }
        precondition(code == 0, "uv_async_init failed: \(code)")
        // The handle stays on the loop until the process ends, and so must its owner.
        _ = unsafe Unmanaged.passRetained(self)
    }

    func send() { unsafe uv_async_send(handle) }
}
