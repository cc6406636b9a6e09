import Testing

@testable import Gateway

/// However the input is cut, the same requests, bodies and refusals come out.
struct HTTPSplitTests {
    static let corpus = HTTPSeed.all("http")
    static let chunkedHead = Array("POST / HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\n".utf8)
    static let bodies = HTTPSeed.all("http_chunked").map { seed in
        HTTPSeed(testDescription: seed.testDescription, bytes: chunkedHead + seed.bytes)
    }

    @Test func `the corpora are there`() {
        #expect(Self.corpus.count >= 10)
        #expect(Self.bodies.count >= 5)
    }

    @Test(arguments: corpus + bodies)
    func `every single cut gives what the whole gives`(seed: HTTPSeed) {
        let input = seed.bytes
        for limit in [65_536, 64] {
            let whole = HTTPTranscript(input, maxHeadBytes: limit)
            for cut in 0...input.count {
                #expect(HTTPTranscript(input, cuts: [cut], maxHeadBytes: limit) == whole, "cut at \(cut)")
            }
        }
    }

    @Test(arguments: corpus + bodies)
    func `many cuts give what the whole gives`(seed: HTTPSeed) {
        let input = seed.bytes
        let whole = HTTPTranscript(input)
        #expect(HTTPTranscript(input, cuts: HTTPCuts.everywhere(input.count)) == whole)
        for seed in 1...50 as ClosedRange<UInt64> {
            let cuts = HTTPCuts.random(input.count, seed: seed)
            #expect(HTTPTranscript(input, cuts: cuts) == whole, "cuts at \(cuts)")
        }
    }

    @Test func `a byte is not searched for line ends twice`() throws {
        // A long line, one byte at a time: quadratic work would take minutes.
        let line = Array("GET /".utf8) + [UInt8](repeating: UInt8(ascii: "a"), count: 1 << 20)
        var parser = RequestParser(maxHeadBytes: 1 << 21)
        var head = RequestHead()
        for count in 1...line.count {
            #expect(try unsafe parser.parse(line.span.bytes.extracting(0..<count), into: &head) == .needMore)
        }
    }
}
