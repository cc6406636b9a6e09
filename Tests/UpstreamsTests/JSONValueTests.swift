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
