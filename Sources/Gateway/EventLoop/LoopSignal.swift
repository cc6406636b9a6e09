import CUV

/// Watches one signal of the process on a loop, for as long as it lives.
@safe
final class LoopSignal {
    private let handle: UnsafeMutablePointer<uv_signal_t>
    private let handler: () -> Void

    init(_ number: Int32, on loop: EventLoop, _ handler: @escaping () -> Void) {
        unsafe handle = .allocate(capacity: 1)
        self.handler = handler
        unsafe uv_signal_init(loop.uv, handle)
        unsafe handle.pointee.data = Unmanaged.passUnretained(self).toOpaque()
        unsafe uv_signal_start(
            handle,
            { handle, _ in
                guard let data = unsafe handle?.pointee.data else { return }
                unsafe Unmanaged<LoopSignal>.fromOpaque(data)._withUnsafeGuaranteedRef { $0.handler() }
            }, number)
    }

    deinit {
        unsafe uv_signal_stop(handle)
        let generic = unsafe UnsafeMutableRawPointer(handle).assumingMemoryBound(to: uv_handle_t.self)
        unsafe uv_close(generic) { handle in unsafe UnsafeMutableRawPointer(handle)?.deallocate() }
    }
}
