import Testing

@testable import Upstreams

/// `ByteBuffer` against a plain array that does the same.
struct ByteBufferTests {
    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func `any order of writing and removing leaves what an array would hold`(seed: UInt64) {
        var random = JSONRandom(seed: seed)
        var buffer = ByteBuffer()
        var model: [UInt8] = []
        for _ in 0..<600 {
            switch random.below(9) {
            case 0:
                let byte = UInt8(random.below(256))
                buffer.append(byte)
                model.append(byte)
            case 1, 2:
                let bytes = (0..<random.below(700)).map { _ in UInt8(random.below(256)) }
                buffer.append(bytes)
                model += bytes
            case 3, 4:
                let count = random.below(model.count + 1)
                buffer.removeFirst(count)
                model.removeFirst(count)
            case 5:
                let value = Int(truncatingIfNeeded: random.next()) >> random.below(64)
                buffer.append(decimal: value)
                model += Array("\(value)".utf8)
                buffer.append(hexadecimal: value & Int.max)
                model += Array(String(value & Int.max, radix: 16).utf8)
            case 6:
                let room = random.below(400)
                let wanted = random.below(room + 1)
                let written = unsafe buffer.fill(room: room) { free in
                    #expect(free.count >= room)
                    for offset in 0..<wanted { unsafe free[offset] = UInt8(offset & 0xFF) }
                    return wanted
                }
                #expect(written == wanted)
                model += (0..<wanted).map { UInt8($0 & 0xFF) }
            case 7:
                buffer.reserve(random.below(3000))
            default:
                buffer.releaseIfEmpty()
            }
            #expect(buffer.count == model.count)
            #expect(buffer.isEmpty == model.isEmpty)
        }
        #expect(buffer.copy() == model)
        buffer.withBytes { bytes in
            #expect((0..<bytes.byteCount).map { bytes.byte(at: $0) } == model)
        }
    }

    @Test func `no memory is held before the first byte and after the last is given back`() {
        var buffer = ByteBuffer()
        #expect(buffer.capacity == 0)
        buffer.append("abc")
        #expect(buffer.capacity >= 3)
        buffer.releaseIfEmpty()
        #expect(buffer.capacity >= 3, "bytes are in it")
        buffer.removeFirst(3)
        buffer.releaseIfEmpty()
        #expect(buffer.capacity == 0)
        buffer.append("d")
        #expect(buffer.copy() == Array("d".utf8))
    }

    @Test func `reserved room is written without further allocation`() {
        var buffer = ByteBuffer(Array("abc".utf8))
        buffer.reserve(5000)
        let capacity = buffer.capacity
        #expect(capacity >= 5003)
        buffer.append([UInt8](repeating: 1, count: 5000))
        #expect(buffer.capacity == capacity)
    }

    @Test func `room in front is used before memory grows`() {
        var buffer = ByteBuffer([UInt8](repeating: 7, count: 256))
        let capacity = buffer.capacity
        for turn in 0..<1000 {
            buffer.removeFirst(200)
            buffer.append([UInt8](repeating: UInt8(turn & 0xFF), count: 200))
        }
        #expect(buffer.capacity == capacity)
        let expected = [UInt8](repeating: 0xE6, count: 56) + [UInt8](repeating: 0xE7, count: 200)
        #expect(buffer.copy() == expected, "the last of turn 998 and all of turn 999")
    }

    @Test func `a failed fill changes nothing`() {
        var buffer = ByteBuffer(Array("abc".utf8))
        #expect(unsafe buffer.fill(room: 10) { _ in -1 } == -1)
        #expect(unsafe buffer.fill(room: 10) { _ in 0 } == 0)
        #expect(buffer.copy() == Array("abc".utf8))
    }

    @Test(arguments: [0, 1, 9, 10, 99, 100, -1, -10, Int.max, Int.min])
    func `decimal numbers are written as text`(value: Int) {
        var buffer = ByteBuffer()
        buffer.append(decimal: value)
        #expect(String(decoding: buffer.copy(), as: UTF8.self) == "\(value)")
    }

    @Test func `literals, strings and substrings are written as UTF-8`() {
        var buffer = ByteBuffer()
        buffer.append("é")
        buffer.append(String("日本"))
        buffer.append("a😀b".dropFirst())
        buffer.append("")
        #expect(String(decoding: buffer.copy(), as: UTF8.self) == "é日本😀b")
    }
}
