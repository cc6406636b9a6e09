import CUV
import Glibc
import Upstreams

/// The pipes to a program's standard input, output and error, closed on exec.
struct ProcessPipes {
    /// The gateway's ends, non-blocking.
    private(set) var own: [Int32] = []
    /// The program's ends.
    private(set) var theirs: [Int32] = []

    init() throws(ProgramFailure) {
        for stream in 0..<3 {
            let isInput = stream == 0
            var ends: (Int32, Int32) = (-1, -1)
            let flag = CInt(UV_NONBLOCK_PIPE.rawValue)
            let code = unsafe withUnsafeMutablePointer(to: &ends) { ends in
                unsafe ends.withMemoryRebound(to: uv_file.self, capacity: 2) { ends in
                    unsafe uv_pipe(ends, isInput ? 0 : flag, isInput ? flag : 0)
                }
            }
            guard code == 0 else {
                closeTheirs()
                closeOwn()
                throw ProgramFailure(reason: unsafe String(cString: uv_strerror(code)))
            }
            own.append(isInput ? ends.1 : ends.0)
            theirs.append(isInput ? ends.0 : ends.1)
        }
    }

    func closeTheirs() { for descriptor in theirs { close(descriptor) } }

    func closeOwn() { for descriptor in own { close(descriptor) } }
}
