import Foundation
import Testing
import Upstreams

@Suite struct JSONWriterTests {
    private func written(_ body: (inout JSONWriter) -> Void) -> String {
        var buffer = ByteBuffer()
        buffer.appendJSON(body)
        return String(decoding: buffer.copy(), as: UTF8.self)
    }

    private func utf8(_ writer: inout JSONWriter, _ bytes: [UInt8]) {
        ByteBuffer(bytes).withBytes { writer.element(utf8: $0) }
    }

    private func raw(_ writer: inout JSONWriter, _ key: StaticString, _ json: String) {
        ByteBuffer(Array(json.utf8)).withBytes { writer.member(key, raw: $0) }
    }

    @Test func commasAreWhereTheyBelong() {
        let text = written {
            $0.object {
                $0.member("a", 1)
                $0.object("empty") { _ in }
                $0.array("list") {
                    $0.element("x")
                    $0.array { _ in }
                    $0.object { $0.member("deep", true) }
                    $0.element(nil as Int?)
                }
                raw(&$0, "raw", "[1, 2]")
                $0.key("dynamic \"key\"" as String)
                $0.element(false)
                $0.key("last")
                utf8(&$0, Array("é".utf8))
            }
        }
        #expect(
            text == #"{"a":1,"empty":{},"list":["x",[],{"deep":true},null],"raw":[1, 2],"#
                + #""dynamic \"key\"":false,"last":"é"}"#)
    }

    @Test func theBufferKeepsWhatItHeld() {
        var buffer = ByteBuffer(Array("data: ".utf8))
        buffer.appendJSON { $0.array { $0.element(1) } }
        buffer.append("\n\n")
        #expect(buffer.copy() == Array("data: [1]\n\n".utf8))
    }

    @Test(arguments: [
        ("", #""""#), ("plain", #""plain""#), ("\"\\/", #""\"\\/""#), ("\u{8}\t\n\u{C}\r", #""\b\t\n\f\r""#),
        ("\u{0}\u{1F}\u{7F}\u{B}", "\"\\u0000\\u001f\u{7F}\\u000b\""), ("日本😀\u{2028}", "\"日本😀\u{2028}\""),
        ("1234567\"", #""1234567\"""#), ("12345678\"", #""12345678\"""#), ("a b!#[]", #""a b!#[]""#),
    ])
    func stringsAreEscaped(_ text: String, _ expected: String) {
        #expect(written { $0.element(text) } == expected)
        #expect(written { utf8(&$0, Array(text.utf8)) } == expected)
    }

    @Test func everyByteAtEveryPlaceOfAWordReadsBack() throws {
        for scalar in 0..<0x250 {
            for place in 0..<17 {
                guard let scalar = Unicode.Scalar(UInt32(scalar)) else { continue }
                let before = String(repeating: "é", count: place / 2)
                let text = before + String(scalar) + String(repeating: "x", count: 17 - place)
                let data = Data(written { $0.element(text) }.utf8)
                #expect(try JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed) as? String == text)
            }
        }
    }

    @Test func illFormedBytesBecomeReplacementCharacters() {
        #expect(written { utf8(&$0, [0x61, 0xFF, 0x22, 0xC3]) } == "\"a\u{FFFD}\\\"\u{FFFD}\"")
    }

    @Test(arguments: [
        (0.1, "0.1"), (1, "1"), (-0.0, "-0"), (1e300, "1e+300"), (0.1 + 0.2, "0.30000000000000004"),
        (0x1p64, "1.8446744073709552e+19"), (1e15, "1e+15"),
        (.infinity, "null"), (.nan, "null"), (.leastNonzeroMagnitude, "5e-324"),
    ])
    func doublesAreShort(_ number: Double, _ expected: String) {
        #expect(written { $0.element(number) } == expected)
    }

    @Test func doublesReadBackTheSame() {
        var random = JSONRandom(seed: 9)
        for _ in 0..<2_000 {
            let number = Double(bitPattern: random.next())
            guard number.isFinite else { continue }
            #expect(Double(written { $0.element(number) }) == number)
        }
    }

    @Test func integersAreDecimal() {
        #expect(written { $0.element(Int.min) } == "-9223372036854775808")
        #expect(written { $0.element(Int.max) } == "9223372036854775807")
    }

    @Test func anErrorInTheMiddleKeepsTheBuffer() {
        struct Stop: Error {}
        var buffer = ByteBuffer(Array("x".utf8))
        #expect(throws: Stop.self) { try buffer.appendJSON { _ throws(Stop) in throw Stop() } }
        #expect(buffer.copy() == Array("x".utf8))
    }
}
