import CSystem
import CUV
import Glibc
import Upstreams

/// A program that libuv has started, in a session and so in a process group of its own.
///
/// Keeps itself until libuv has told its exit, so that no program is left a zombie whoever forgets it.
@safe
final class LoopProcess: RunningProgram {
    let input: Int32
    let output: Int32
    let errors: Int32
    /// Nil once it has exited.
    private var handle: UnsafeMutablePointer<uv_process_t>?
    private let didExit: (ProgramExit) -> Void

    private static let path = "PATH=/usr/local/bin:/usr/bin:/bin"

    init(_ program: Program, on loop: EventLoop, didExit: @escaping (ProgramExit) -> Void) throws(ProgramFailure) {
        self.didExit = didExit
        let pipes = try ProcessPipes()
        (input, output, errors) = (pipes.own[0], pipes.own[1], pipes.own[2])
        let handle = UnsafeMutablePointer<uv_process_t>.allocate(capacity: 1)
        let code = unsafe Self.spawn(program, loop, handle, pipes)
        pipes.closeTheirs()
        guard code == 0 else {
            pipes.closeOwn()
            unsafe Self.close(handle)
            throw ProgramFailure(reason: unsafe String(cString: uv_strerror(code)))
        }
        unsafe self.handle = handle
        unsafe handle.pointee.data = Unmanaged.passRetained(self).toOpaque()
        #if os(Linux)
            if let bytes = program.maxMemory {
                _ = sluice_limit_memory(unsafe handle.pointee.pid, UInt64(bytes))
            }
        #endif
    }

    func kill() {
        guard let handle = unsafe handle else { return }
        _ = Glibc.kill(-(unsafe handle.pointee.pid), SIGKILL)
    }

    @unsafe private static func spawn(
        _ program: Program, _ loop: EventLoop, _ handle: UnsafeMutablePointer<uv_process_t>, _ pipes: ProcessPipes
    ) -> Int32 {
        var arguments = unsafe program.command.map { unsafe strdup($0) } + [nil]
        var environment = unsafe (program.environment + [path]).map { unsafe strdup($0) } + [nil]
        let directory = unsafe program.directory.flatMap { unsafe strdup($0) }
        defer { unsafe (arguments + environment + [directory]).forEach { unsafe free($0) } }
        var streams = unsafe pipes.theirs.map { descriptor in
            var stream = unsafe uv_stdio_container_t()
            unsafe stream.flags = UV_INHERIT_FD
            unsafe stream.data.fd = descriptor
            return unsafe stream
        }
        var options = unsafe uv_process_options_t()
        unsafe options.flags = UV_PROCESS_DETACHED.rawValue
        unsafe options.exit_cb = { handle, status, signal in
            guard let data = unsafe handle?.pointee.data else { return }
            let process = unsafe Unmanaged<LoopProcess>.fromOpaque(data)
            unsafe process.takeUnretainedValue().exited(Int(status), Int(signal))
            unsafe process.release()
        }
        return unsafe arguments.withUnsafeMutableBufferPointer { arguments in
            unsafe environment.withUnsafeMutableBufferPointer { environment in
                unsafe streams.withUnsafeMutableBufferPointer { streams in
                    unsafe options.file = UnsafePointer(arguments[0])
                    unsafe options.args = arguments.baseAddress
                    unsafe options.env = environment.baseAddress
                    unsafe options.cwd = UnsafePointer(directory)
                    unsafe options.stdio = streams.baseAddress
                    unsafe options.stdio_count = CInt(streams.count)
                    return unsafe uv_spawn(loop.uv, handle, &options)
                }
            }
        }
    }

    /// What it has started itself, and left behind, ends with it.
    private func exited(_ status: Int, _ signal: Int) {
        kill()
        if let handle = unsafe handle { unsafe Self.close(handle) }
        unsafe handle = nil
        didExit(signal == 0 ? .status(status) : .signal(signal))
    }

    @unsafe private static func close(_ handle: UnsafeMutablePointer<uv_process_t>) {
        let generic = unsafe UnsafeMutableRawPointer(handle).assumingMemoryBound(to: uv_handle_t.self)
        unsafe uv_close(generic) { handle in unsafe UnsafeMutableRawPointer(handle)?.deallocate() }
    }
}

extension EventLoop: ProgramRunner {
    func start(
        _ program: Program, didExit: @escaping (ProgramExit) -> Void
    ) throws(ProgramFailure) -> any RunningProgram {
        try LoopProcess(program, on: self, didExit: didExit)
    }
}
