import Testing
import Upstreams

@testable import Gateway

/// Texts of the same meaning become the same bytes, others do not.
struct CanonicalJSONTests {
    private func canonical(_ text: String, omitting omitted: [StaticString] = []) throws -> String {
        let document = try JSONParser().parse(text: text)
        return ByteBuffer.text { CanonicalJSON.write(document.root, omitting: omitted, to: &$0) }
    }

    @Test(arguments: [
        (#"{"b":1,"a":2}"#, #"{"a":2,"b":1}"#),
        ("{ \"a\" :\t[ 1 , {\"d\":0,\"c\":null} ]\r\n}", #"{"a":[1,{"c":null,"d":0}]}"#),
        (#"{"a":1.0,"b":1e0,"c":100e-2,"d":-0.0,"e":1.50}"#, #"{"a":1,"b":1,"c":1,"d":0,"e":1.5}"#),
        (#"{"a":0.10,"b":1E-1,"c":9007199254740993}"#, #"{"a":0.1,"b":0.1,"c":9007199254740993}"#),
        (#"{"a":18446744073709551615,"b":1e400}"#, #"{"a":18446744073709551615,"b":1e400}"#),
        (#"{"a":"\u0041\/\u00e9\n\ud83d\ude80"}"#, #"{"a":"A/é\n🚀"}"#),
        (#"{"\u0061":1}"#, #"{"a":1}"#),
        (#"{"a":1,"b":2,"a":3}"#, #"{"a":3,"b":2}"#),
        (#"{"a":[3,1,2],"":{}}"#, #"{"":{},"a":[3,1,2]}"#),
        (#"{}"#, #"{}"#),
    ])
    func `order, white space, numbers and escapes have one spelling`(text: String, expected: String) throws {
        #expect(try canonical(text) == expected)
    }

    @Test func `names that look the same but are not stay apart`() throws {
        let text = try canonical("{\"e\\u0301\":1,\"\u{e9}\":2}")
        #expect(text.utf8.elementsEqual("{\"e\u{301}\":1,\"\u{e9}\":2}".utf8))
    }

    @Test func `omitted members are omitted at the top only`() throws {
        let text = #"{"user":"u","a":{"user":"v"},"stream":true}"#
        #expect(try canonical(text, omitting: ["user", "stream"]) == #"{"a":{"user":"v"}}"#)
    }

    @Test func `it is its own canonical form`() throws {
        var random = GuardRandom(seed: 7)
        for _ in 0..<200 {
            let text = object(&random, depth: 3)
            let once = try canonical(text)
            #expect(try canonical(once) == once)
            #expect(try JSONSample(once) == JSONSample(text))
        }
    }

    private func object(_ random: inout GuardRandom, depth: Int) -> String {
        let members = (0..<random.below(4)).map { "\"k\($0 * 7 % 4)\":\(value(&random, depth: depth))" }
        return "{\(members.joined(separator: " ,"))}"
    }

    private func value(_ random: inout GuardRandom, depth: Int) -> String {
        switch random.below(depth > 0 ? 7 : 5) {
        case 0: "\(random.below(1000)).\(random.below(100))"
        case 1: "\(random.below(100))e\(random.below(3))"
        case 2: ["true", "false", "null"][random.below(3)]
        case 3: "\"\(random.text(of: ["a", "\\n", "é", "\\u00e9", " "], count: 4))\""
        case 4: "-\(random.below(1_000_000))"
        case 5: object(&random, depth: depth - 1)
        default: "[ \((0..<random.below(4)).map { _ in value(&random, depth: depth - 1) }.joined(separator: ", ")) ]"
        }
    }
}
