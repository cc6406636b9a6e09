/// Memory into which all connections of a worker read, one at a time, so that a connection that waits holds none.
@safe
package final class ReadBuffer {
    /// Owned; never moved.
    private let memory: UnsafeMutableRawBufferPointer

    private static let byteCount = 64 * 1024

    package init() { unsafe memory = .allocate(byteCount: Self.byteCount, alignment: 16) }

    deinit { unsafe memory.deallocate() }

    /// The memory, for a function that fills it.
    @unsafe var room: UnsafeMutableRawBufferPointer { unsafe memory }

    /// A view of the first `count` bytes, valid during `body` only; nothing may be read meanwhile.
    func withBytes<R>(_ count: Int, _ body: (RawSpan) -> R) -> R {
        unsafe body(UnsafeRawBufferPointer(rebasing: memory[..<count]).bytes)
    }
}
