import Testing

@testable import Upstreams

/// A body on its way from whoever receives it to the transport.
struct BodyPipeTests {
    private let reactor = ManualReactor()

    private func write(_ text: String, to pipe: BodyPipe) {
        ByteBuffer(Array(text.utf8)).withBytes { pipe.write($0) }
    }

    private func taken(from pipe: BodyPipe) -> String? {
        var output = ByteBuffer()
        guard pipe.take(into: &output) else { return nil }
        return String(decoding: output.copy(), as: UTF8.self)
    }

    @Test func `a body of known length is moved as it is`() {
        let pipe = BodyPipe(length: 5, reactor: reactor)
        #expect(taken(from: pipe) == nil && !pipe.hasStarted)
        write("abc", to: pipe)
        write("de", to: pipe)
        #expect(taken(from: pipe) == "abcde" && pipe.hasStarted && !pipe.isDrained)
        pipe.finish()
        #expect(taken(from: pipe) == nil && pipe.isDrained)
    }

    @Test func `one of unknown length is moved in chunks`() {
        let pipe = BodyPipe(length: nil, reactor: reactor)
        write("abc", to: pipe)
        #expect(taken(from: pipe) == "3\r\nabc\r\n")
        write("defghijklmnopqrst", to: pipe)
        pipe.finish()
        #expect(taken(from: pipe) == "11\r\ndefghijklmnopqrst\r\n0\r\n\r\n" && pipe.isDrained)
        let empty = BodyPipe(length: nil, reactor: reactor)
        empty.finish()
        #expect(!empty.isDrained && taken(from: empty) == "0\r\n\r\n" && empty.isDrained && taken(from: empty) == nil)
    }

    @Test func `libcurl gets the bytes without chunks, as many as it has room for`() {
        let pipe = BodyPipe(length: nil, reactor: reactor)
        var room = [UInt8](repeating: 0, count: 4)
        func take() -> Int? { unsafe room.withUnsafeMutableBytes { unsafe pipe.take(into: $0) } }
        #expect(take() == nil, "it has to wait")
        write("abcdef", to: pipe)
        #expect(take() == 4 && room == Array("abcd".utf8))
        pipe.finish()
        #expect(take() == 2 && room.prefix(2) == Array("ef".utf8)[...] && take() == 0)
    }

    @Test func `each side hears of the other once a turn`() {
        let pipe = BodyPipe(length: nil, reactor: reactor)
        var (writes, takes) = (0, 0)
        pipe.didWrite = { writes += 1 }
        pipe.didTake = { takes += 1 }
        write("a", to: pipe)
        write("b", to: pipe)
        #expect(writes == 0)
        reactor.endTurn()
        #expect(writes == 1 && takes == 0)
        _ = taken(from: pipe)
        reactor.endTurn()
        #expect(writes == 1 && takes == 1)
    }

    @Test func `it is full from its bound on, and tells when there is room again`() {
        let pipe = BodyPipe(length: 200_000, reactor: reactor)
        var takes = 0
        pipe.didTake = { takes += 1 }
        write(String(repeating: "x", count: BodyPipe.highBytes - 1), to: pipe)
        #expect(!pipe.isFull)
        write("xx", to: pipe)
        #expect(pipe.isFull)
        var byte = [UInt8](repeating: 0, count: 1)
        _ = unsafe byte.withUnsafeMutableBytes { unsafe pipe.take(into: $0) }
        reactor.endTurn()
        #expect(takes == 0, "it is full still")
        _ = taken(from: pipe)
        reactor.endTurn()
        #expect(takes == 1)
    }
}
