import Testing

@testable import Upstreams

@Suite struct JSONDroppingTests {
    private let parser = JSONParser()

    private func without(_ text: String, _ dropped: [Bool]) throws -> JSONDocument {
        let document = try parser.parse(text)
        return document.dropping(dropped, of: try #require(document.root["m"]))
    }

    private func text(_ document: JSONDocument) -> String {
        document.withBytes { bytes in unsafe bytes.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) } }
    }

    /// Every node with all that can be asked of it.
    private func nodes(_ document: JSONDocument) -> [String] {
        (0..<document.nodeCount).map { index in
            let value = document.value(at: index)
            return "\(value.kind) \(value.range) \(document.facts(at: index).end) \(value.count) \(value.string ?? "-")"
                + " \(value.int ?? 0) \(value.double ?? 0) \(value.bool ?? false)"
        }
    }

    @Test(arguments: [
        ([false, false, false], #" {"a" : 1.0, "m": [ {"x":[1]} , 2 ,"é\u0041" ] , "z":{} } "#),
        ([true, false, false], #" {"a" : 1.0, "m": [ 2 ,"é\u0041" ] , "z":{} } "#),
        ([false, true, false], #" {"a" : 1.0, "m": [ {"x":[1]} ,"é\u0041" ] , "z":{} } "#),
        ([false, false, true], #" {"a" : 1.0, "m": [ {"x":[1]} , 2 ] , "z":{} } "#),
        ([true, true, false], #" {"a" : 1.0, "m": [ "é\u0041" ] , "z":{} } "#),
        ([true, false, true], #" {"a" : 1.0, "m": [ 2 ] , "z":{} } "#),
        ([false, true, true], #" {"a" : 1.0, "m": [ {"x":[1]} ] , "z":{} } "#),
        ([true, true, true], #" {"a" : 1.0, "m": [  ] , "z":{} } "#),
    ])
    func keepsEveryOtherByte(_ dropped: [Bool], _ expected: String) throws {
        let left = try without(#" {"a" : 1.0, "m": [ {"x":[1]} , 2 ,"é\u0041" ] , "z":{} } "#, dropped)
        #expect(text(left) == expected)
    }

    @Test(
        "what is left is what parsing its text would give, whatever is dropped",
        arguments: [
            #"{"m":[0, 1 ,2,3 , 4,5 ,6]}"#,
            #"""
            { "before": [1, {"deep": ["\n", -2.5]}], "é": "\u00e9", "m": [ {"role": "user", "content": "a\"b"}, [], {},
              1e400 , [[["\t", 18446744073709551615]], true], "plain", {"a": {"b": [null, false, "\\"]}, "n": 123456789012} ],
              "after": {"x": ["\ud83d\ude00", 3, []], "y": 1.5}, "last": "end\u0041" }
            """#,
        ])
    func isWhatParsingWouldGive(_ whole: String) throws {
        for selection in 0..<1 << 7 {
            let dropped = (0..<7).map { selection >> $0 & 1 == 1 }
            let left = try without(whole, dropped)
            #expect(nodes(left) == nodes(try parser.parse(text(left))))
            #expect(left.root["m"]?.count == dropped.count { !$0 })
        }
    }

    @Test("what is left can be cut again, and outlives the whole")
    func twice() throws {
        var document = try parser.parse(#"{"m":["\u0041",[1],{"b":"\u0042"},"\u0043"]}"#)
        document = document.dropping([true, false, false, false], of: try #require(document.root["m"]))
        document = document.dropping([false, true, false], of: try #require(document.root["m"]))
        #expect(text(document) == #"{"m":[[1],"\u0043"]}"#)
        #expect(document.root["m"]?.elements.map(\.string) == [nil, "C"])
        #expect(nodes(document) == nodes(try parser.parse(text(document))))
    }
}
