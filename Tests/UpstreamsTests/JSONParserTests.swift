import Testing
import Upstreams

@Suite struct JSONParserTests {
    private let parser = JSONParser()

    private func failure(_ text: String) -> JSONError? { failure(Array(text.utf8)) }

    private func failure(_ bytes: [UInt8]) -> JSONError? {
        do throws(JSONError) {
            _ = try parser.parse(bytes)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        "{}", "[]", " null\n", "\"\"", "0", "-0.0e-0", "[1,[2,{}]]", #"{"a":{"b":[true,false,null]}}"#,
        "18446744073709551615", "-9223372036854775808", "[18446744073709551616]",
        "-9223372036854775809", "{\"a\": 1e400}", "-1e-9999999999999999999999", #""\ud83d\ude00\u0000""#, "\"\u{7F}\"",
    ])
    func takes(_ text: String) {
        #expect(failure(text) == nil)
    }

    @Test(arguments: [
        ("", JSONError(.empty)), (" \n\t", JSONError(.empty)),
        ("{", JSONError(.notJSON, offset: 1)), ("[1,]", JSONError(.notJSON, offset: 3)),
        (#"{"a" 1}"#, JSONError(.notJSON, offset: 5)), (#"{"a":1,}"#, JSONError(.notJSON, offset: 7)),
        ("{a:1}", JSONError(.notJSON, offset: 1)), ("nul", JSONError(.notJSON, offset: 3)),
        ("truex", JSONError(.notJSON, offset: 4)), ("01", JSONError(.notJSON, offset: 1)),
        ("1.", JSONError(.notJSON, offset: 2)), ("+1", JSONError(.notJSON, offset: 0)),
        ("1e+", JSONError(.notJSON, offset: 3)), ("NaN", JSONError(.notJSON, offset: 0)),
        ("[1 2]", JSONError(.notJSON, offset: 3)), ("{} {}", JSONError(.notJSON, offset: 3)),
        ("\"a\nb\"", JSONError(.notJSON, offset: 2)), ("\"abc", JSONError(.notJSON, offset: 4)),
        (#""\x""#, JSONError(.notJSON, offset: 1)), (#""\u12g4""#, JSONError(.notJSON, offset: 1)),
        (#""\ud83d""#, JSONError(.notJSON, offset: 1)), (#""\ude00""#, JSONError(.notJSON, offset: 1)),
        ("[1e400, 18446744073709551616 2]", JSONError(.notJSON, offset: 29)),
        ("[018446744073709551616]", JSONError(.notJSON, offset: 2)), ("-1e400x", JSONError(.notJSON, offset: 6)),
        ("[1e400, 2.e400]", JSONError(.notJSON, offset: 10)), ("{1e400: 1}", JSONError(.notJSON, offset: 1)),
        ("{\"a\": 1e400, \"b", JSONError(.notJSON, offset: 15)),
        ("[1}", JSONError(.notJSON, offset: 2)), ("]", JSONError(.notJSON, offset: 0)),
        ("\u{FEFF}{}", JSONError(.notJSON, offset: 0)), ("{}\u{0}", JSONError(.notJSON, offset: 2)),
    ])
    func refusesAndTellsWhere(_ text: String, _ expected: JSONError) {
        #expect(failure(text) == expected)
    }

    @Test(
        arguments: [
            ([0x22, 0xFF, 0x22], 1), ([0x22, 0xC0, 0x80, 0x22], 1), ([0x22, 0x61, 0xED, 0xA0, 0x80, 0x22], 2),
            ([0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], 1), ([0x22, 0xE2, 0x82, 0x22], 1), ([0x22, 0x61, 0xC3], 2),
        ] as [([UInt8], Int)])
    func refusesWhatIsNotUTF8(_ bytes: [UInt8], _ offset: Int) {
        #expect(failure(bytes) == JSONError(.notUTF8, offset: offset))
    }

    @Test func depthIsCountedExactly() {
        for opening in ["[", "{\"a\":"] {
            let closing = opening == "[" ? "]" : "}"
            let deepest = String(repeating: opening, count: 64) + "1" + String(repeating: closing, count: 64)
            #expect(failure(deepest) == nil)
            let place = 64 * opening.utf8.count
            let deeper = String(repeating: opening, count: 65) + "1" + String(repeating: closing, count: 65)
            #expect(failure(deeper) == JSONError(.tooDeep, offset: place))
        }
    }

    @Test func hugeNumbersChangeNoBound() {
        let deepest = String(repeating: "[", count: 64) + "1e400" + String(repeating: "]", count: 64)
        #expect(failure(deepest) == nil)
        #expect(failure("[1e400,\(deepest)]") == JSONError(.tooDeep, offset: 70))
        let small = JSONParser(maxDepth: 4, maxValues: 3)
        #expect((try? small.parse("[1e400,1e400]")) != nil)
        #expect(throws: JSONError(.tooManyValues)) { try small.parse("[1e400,1e400,1e400]") }
    }

    @Test func valuesAreBounded() throws {
        let small = JSONParser(maxDepth: 4, maxValues: 10)
        let most = Array("[1,2,3,4,5,6,7,8,9]".utf8)
        #expect(try small.parse(most).root.count == 9)
        let more = Array("[1,2,3,4,5,6,7,8,9,10]".utf8)
        #expect(throws: JSONError(.tooManyValues)) { try small.parse(more) }
    }

    @Test func documentsOutliveLaterParsesAndTheParser() throws {
        var parser: JSONParser? = JSONParser()
        var documents: [JSONDocument] = []
        for number in 0..<200 {
            let padding = String(repeating: "é\\n", count: number * 300)
            let bytes = Array(#"{"number":\#(number),"text":"\#(padding)"}"#.utf8)
            if let document = try parser?.parse(bytes) { documents.append(document) }
            if number % 3 == 0 { documents.removeFirst() }
        }
        parser = nil
        for document in documents {
            let number = try #require(document.root["number"]?.int)
            #expect(document.root["text"]?.string == String(repeating: "é\n", count: number * 300))
        }
    }

    @Test func longTextsLeaveNoMemoryBehind() throws {
        let parser = JSONParser()
        let long = Array("[\"\(String(repeating: "x", count: 8 << 20))\"]".utf8)
        #expect(try parser.parse(long).byteCount == long.count)
        _ = try parser.chunkFacts(long)
        #expect(parser.bytesKept < 64 << 10)
    }

    @Test func pooledMemoryIsBounded() throws {
        let parser = JSONParser()
        var documents: [JSONDocument] = []
        let bytes = Array("[\"\(String(repeating: "x", count: 500_000))\"]".utf8)
        for _ in 0..<20 { documents.append(try parser.parse(bytes)) }
        let kept = parser.bytesKept
        documents.removeAll()
        #expect(parser.bytesKept > kept)
        #expect(parser.bytesKept <= kept + 4 << 20)
    }
}
