import Testing
import Upstreams

@Suite struct JSONValueTests {
    private func root(_ text: String) throws -> JSONValue {
        try JSONParser().parse(text).root
    }

    @Test func readsEachKind() throws {
        let value = try root(
            #" {"s":"a\tb","i":-3,"u":18446744073709551615,"d":2.5,"t":true,"f":false,"n":null,"a":[1],"o":{}} "#)
        #expect(value.kind == .object)
        #expect(value.count == 9)
        #expect(value["s"]?.string == "a\tb")
        #expect(value["s"]?.utf8Count == 3)
        #expect(value["i"]?.int == -3)
        #expect(value["i"]?.double == -3)
        #expect(value["u"]?.int == nil)
        #expect(value["u"]?.double == 0x1p64)
        #expect(value["d"]?.double == 2.5)
        #expect(value["d"]?.int == nil)
        #expect(value["t"]?.bool == true)
        #expect(value["f"]?.bool == false)
        #expect(value["n"]?.isNull == true)
        #expect(value["a"]?.elements.map(\.int) == [1])
        #expect(value["o"]?.count == 0)
        #expect(value.members.map(\.key) == ["s", "i", "u", "d", "t", "f", "n", "a", "o"])
    }

    @Test(
        arguments: [
            ("18446744073709551616", 0x1p64), ("-9223372036854775809", -0x1p63),
            ("123456789012345678901234567890", 123456789012345678901234567890.0), ("1e400", nil), ("-1E+400", nil),
            ("1.5e9999999999999999999999", nil), ("1e-400", 0), ("0e9999999999999999999999", 0),
            ("2.5e000000000000000000001", 25), ("1" + String(repeating: "0", count: 308), 1e308),
            ("1" + String(repeating: "0", count: 309), nil), ("1" + String(repeating: "0", count: 309) + ".5", nil),
            ("0." + String(repeating: "0", count: 320) + "1e321", 1), ("1.7976931348623159e308", nil),
        ] as [(String, Double?)])
    func numbersOfAnySizeStandInTheirPlace(_ number: String, _ double: Double?) throws {
        let text = #"{"e": "1e400", "x" : [ -7,\#(number) , 9223372036854775807,0.5 ] ,"n":\#(number)}"#
        let value = try root(text)
        let bytes = Array(text.utf8)
        let elements = try Array(#require(value["x"]).elements)
        for huge in [elements[1], try #require(value["n"])] {
            #expect(huge.kind == .number)
            #expect(huge.int == nil)
            #expect(huge.double == double)
            #expect(String(decoding: bytes[huge.range], as: UTF8.self) == number)
        }
        #expect(elements.count == 4)
        #expect(elements[0].int == -7)
        #expect(elements[2].int == .max)
        #expect(elements[3].double == 0.5)
        #expect(value["e"]?.string == "1e400")
        #expect(value.range == 0..<bytes.count)
        #expect(try root(" \(number)\n").range == 1..<1 + number.utf8.count)
    }

    @Test func aHugeNumberLeavesItsNeighboursExact() throws {
        let value = try root("[1e400,9223372036854775807,9223372036854775808,-9223372036854775808,0.1,-0,-0.0]")
        let elements = Array(value.elements)
        #expect(elements.map(\.int) == [nil, .max, nil, .min, nil, 0, nil])
        #expect(elements.map(\.double) == [nil, 0x1p63, 0x1p63, -0x1p63, 0.1, 0, 0])
        #expect(elements[6].double?.sign == .minus)
    }

    @Test(arguments: ["{\"k\":1}", "[1]", "\"s\"", "1", "1.5", "true", "null"])
    func wrongTypesAreNil(_ text: String) throws {
        let value = try root(text)
        #expect((value.string == nil) == (value.kind != .string))
        #expect((value.withUTF8 { $0.byteCount } == nil) == (value.kind != .string))
        #expect(value.int == (text == "1" ? 1 : nil))
        #expect((value.double == nil) == (value.kind != .number))
        #expect((value.bool == nil) == (value.kind != .bool))
        #expect(value.isNull == (value.kind == .null))
        #expect(value["missing"] == nil)
        #expect(Array(value.members).count == (value.kind == .object ? 1 : 0))
        #expect(Array(value.elements).count == (value.kind == .array ? 1 : 0))
    }

    @Test func namesAreComparedWithoutTheirEscapes() throws {
        let value = try root(#"{"mod\u0065l":"x","\u00e9":1,"":2}"#)
        #expect(value["model" as StaticString]?.isString("x") == true)
        #expect(value["model"]?.isString("xy") == false)
        #expect(value["é"]?.int == 1)
        #expect(value[""]?.int == 2)
    }

    @Test func theLastOfSeveralMembersCounts() throws {
        let value = try root(#"{"a":1,"b":2,"\u0061":3}"#)
        #expect(value["a"]?.int == 3)
        #expect(value.duplicateKey(among: ["b", "c"]) == nil)
        #expect(value.duplicateKey(among: ["b", "a"])?.description == "a")
    }

    @Test func nestedValuesAreNotTakenForMembers() throws {
        let value = try root(#"{"a":{"b":1,"a":2},"c":["b",{"b":3}],"b":4}"#)
        #expect(value["b"]?.int == 4)
        #expect(value.duplicateKey(among: ["a", "b"]) == nil)
    }

    @Test func rangesAreThePlacesInTheText() throws {
        let text = #" { "k\n" : [ 12 , "é" ] , "m":{} }  "#
        let value = try root(text)
        let bytes = Array(text.utf8)
        func written(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
        #expect(written(value.range) == text.trimmingSpaces())
        #expect(value.members.map { written($0.range) } == [#""k\n" : [ 12 , "é" ]"#, #""m":{}"#])
        #expect(value["k\n"]?.elements.map { written($0.range) } == ["12", #""é""#])
        #expect(try root("17  ").range == 0..<2)
        #expect(try root(#" "a" "#).range == 1..<4)
    }

    @Test func emptyAndQuotedStringsAreExact() throws {
        let value = try root(#"["","\"","\\","a\"","\"a","\u0022\u005c"]"#)
        #expect(value.elements.map(\.string) == ["", "\"", "\\", "a\"", "\"a", "\"\\"])
    }
}

extension String {
    fileprivate func trimmingSpaces() -> Substring {
        var rest = self[...]
        while rest.first == " " { rest.removeFirst() }
        while rest.last == " " { rest.removeLast() }
        return rest
    }
}
