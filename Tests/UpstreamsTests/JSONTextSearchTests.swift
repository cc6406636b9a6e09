import Testing
import Upstreams

@Suite("JSON: looking for texts")
struct JSONTextSearchTests {
    /// Texts that hold `@`, found by asking each value of the array `all`, and what was tested.
    private func search(
        _ text: String, shortest: Int = 0, anywhere: Bool = true
    ) throws -> (values: [Int], tested: [String]) {
        let document = try JSONParser().parse(Array(text.utf8))
        var search = JSONTextSearch(document)
        var tested: [String] = []
        var values: [Int] = []
        let all = try #require(document.root["all"])
        for (place, value) in all.elements.enumerated()
        where search.finds(in: value, shortest: shortest, anywhere: anywhere, where: { note($0, in: &tested) }) {
            values.append(place)
        }
        return (values, tested)
    }

    private func note(_ text: RawSpan, in tested: inout [String]) -> Bool {
        let string = unsafe text.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
        tested.append(string)
        return string.contains("@")
    }

    /// Behind so much white space each string is looked at by itself.
    private static let far = String(repeating: " ", count: 3000)

    @Test(
        "Values are found by their strings and what is deep inside, escapes resolved, not by names",
        arguments: ["", far])
    func found(_ before: String) throws {
        let text = #"""
            {"x":"@","all":["a","b@",1,{"c":["d",{"e@":2,"g":["@"]},{"h@":1}]},{"i@":0},"\u0040",[],"f"],"y":"@"}
            """#
        #expect(try search(before + text).values == [1, 3, 5])
    }

    @Test("Nothing is found where nothing is", arguments: ["", far])
    func nothing(_ before: String) throws {
        #expect(try search(before + #"{"x":"a","all":["b",{"c":"d\n"},7]}"#).values.isEmpty)
    }

    @Test("A string is tested once, and those before the values that are asked for not at all")
    func once() throws {
        let tested = try search(Self.far + #"{"x":"@","all":["a",{"b":"c@","d":"e"},"g"],"y":"@"}"#).tested
        #expect(tested == ["a", "c@", "g"])
    }

    @Test("A test that goes by what is around a text gets none but the strings, however short the document is")
    func stringsAlone() throws {
        #expect(try search(#"{"all":["a","b@"]}"#, anywhere: false).tested == ["a", "b@"])
    }

    @Test("Short texts are left out by their length without escapes")
    func short() throws {
        let tested = try search(Self.far + #"{"all":["ab","abc","\u0061b","\u0061bc","abcd"]}"#, shortest: 3).tested
        #expect(tested == ["abc", "abc", "abcd"])
    }

    @Test("A value inside of one that was found is found if the string is in it")
    func nested() throws {
        let document = try JSONParser().parse(
            Array((Self.far + #"{"a":[["x"],["y@"],["z"]],"b":"@"}"#).utf8))
        var search = JSONTextSearch(document)
        func finds(_ value: JSONValue) -> Bool {
            search.finds(in: value, shortest: 1, anywhere: true) { text in
                unsafe text.withUnsafeBytes { unsafe $0.contains(0x40) }
            }
        }
        #expect(finds(document.root))
        let outer = try #require(document.root["a"])
        #expect(finds(outer))
        #expect(outer.elements.map { finds($0) } == [false, true, false])
        #expect(try finds(#require(document.root["b"])))
    }
}
