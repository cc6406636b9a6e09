import Testing

@testable import Upstreams

/// Searching bytes in place, against the same on an array.
struct RawSpanScanningTests {
    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `control characters are found wherever they stand`(seed: UInt64) {
        var random = JSONRandom(seed: seed)
        for _ in 0..<200 {
            // Mostly bytes near the borders of what counts as a control character.
            let choices: [UInt8] = [0x20, 0x21, 0x7E, 0x80, 0x81, 0x9F, 0xA0, 0xFF, 0x09, 0x41]
            var bytes = (0..<random.below(40)).map { _ in random.pick(choices) }
            if !bytes.isEmpty, random.below(2) == 0 {
                bytes[random.below(bytes.count)] = random.pick([0x00, 0x08, 0x0A, 0x1F, 0x7F])
            }
            let lower = random.below(bytes.count + 1)
            let upper = lower + random.below(bytes.count - lower + 1)
            let expected = bytes[lower..<upper].contains { ($0 < 0x20 && $0 != 0x09) || $0 == 0x7F }
            let found = unsafe bytes.span.bytes.containsControl(in: lower..<upper)
            #expect(found == expected, "\(bytes) in \(lower)..<\(upper)")
        }
    }

    @Test(arguments: [(0..<5, 1), (2..<5, 3), (2..<3, nil), (3..<3, nil)] as [(Range<Int>, Int?)])
    func `a byte is found within the range alone`(range: Range<Int>, offset: Int?) {
        let found = ByteBuffer(Array("a,b,c".utf8)).withBytes { $0.firstOffset(of: UInt8(ascii: ","), in: range) }
        #expect(found == offset)
    }

    @Test func `texts are compared in full, with regard to case or without`() {
        ByteBuffer(Array("Content-Length[".utf8)).withBytes { span in
            let same = span.equals("Content-Length", in: 0..<14)
            let otherCase = span.equals("content-length", in: 0..<14)
            let folded = span.equals(ignoringCase: "content-length", in: 0..<14)
            let shorter = span.equals(ignoringCase: "content-length", in: 0..<13)
            let noLetter = span.equals(ignoringCase: "{", in: 14..<15)
            #expect(same && folded)
            #expect(!otherCase && !shorter)
            #expect(!noLetter, "only letters have two cases")
        }
    }

    @Test func `letters alone have two cases, wherever they stand`() {
        let expected = Array("authorization[".utf8)
        for place in expected.indices {
            for byte in UInt8.min...UInt8.max {
                var bytes = expected
                bytes[place] = byte
                let isUpper = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                let isSame = (isUpper ? byte + 32 : byte) == expected[place]
                let found = unsafe bytes.span.bytes.equals(ignoringCase: "authorization[", in: 0..<bytes.count)
                #expect(found == isSame, "byte \(byte) at \(place)")
            }
        }
    }
}
