/// A run of binary-safe arguments of a command, kept in one piece.
package struct RedisArguments: Sendable {
    private(set) var bytes: [UInt8] = []
    /// Where in `bytes` each argument ends.
    private(set) var ends: [Int] = []

    package init() {}

    package var count: Int { ends.count }

    /// Makes room for so many more.
    mutating func reserve(bytes more: Int, count: Int) {
        bytes.reserveCapacity(bytes.count + more)
        ends.reserveCapacity(ends.count + count)
    }

    package mutating func add(_ text: String) {
        bytes.append(contentsOf: text.utf8)
        ends.append(bytes.count)
    }

    package mutating func add(_ text: Substring) {
        bytes.append(contentsOf: text.utf8)
        ends.append(bytes.count)
    }

    package mutating func add(_ number: Int) { add(String(number)) }

    package mutating func add(_ blob: [UInt8]) {
        bytes.append(contentsOf: blob)
        ends.append(bytes.count)
    }

    package mutating func add(_ blob: RawSpan) {
        unsafe blob.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
        ends.append(bytes.count)
    }

    package mutating func add(contentsOf other: RedisArguments) {
        let offset = bytes.count
        bytes.append(contentsOf: other.bytes)
        for end in other.ends { ends.append(offset + end) }
    }

    /// Where in `bytes` the argument at `index` is.
    func range(_ index: Int) -> Range<Int> { (index == 0 ? 0 : ends[index - 1])..<ends[index] }

    /// Calls `body` with the arguments as hiredis takes them; the pointers are valid during the call.
    @unsafe
    func withPointers<R>(
        _ body: (Int32, UnsafeMutablePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int>?) -> R
    ) -> R {
        unsafe bytes.withUnsafeBufferPointer { memory in
            // An empty array has no memory, and hiredis copies zero bytes from somewhere.
            let base = unsafe UnsafeRawPointer(memory.baseAddress) ?? UnsafeRawPointer(bitPattern: 1)
            return unsafe withUnsafeTemporaryAllocation(of: UnsafePointer<CChar>?.self, capacity: count) { starts in
                unsafe withUnsafeTemporaryAllocation(of: Int.self, capacity: count) { lengths in
                    for index in 0..<count {
                        let range = range(index)
                        let start = unsafe base.map { unsafe $0 + range.lowerBound }
                        unsafe starts[index] = start?.assumingMemoryBound(to: CChar.self)
                        unsafe lengths[index] = range.count
                    }
                    return unsafe body(Int32(count), starts.baseAddress, UnsafePointer(lengths.baseAddress))
                }
            }
        }
    }
}
