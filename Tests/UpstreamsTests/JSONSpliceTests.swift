import Testing
import Upstreams

@Suite struct JSONSpliceTests {
    private func edited(_ text: String, _ edit: (inout JSONSplice) -> Void) throws -> String {
        let document = try JSONParser().parse(text)
        var splice = JSONSplice()
        edit(&splice)
        var output = ByteBuffer()
        splice.write(document.root, to: &output)
        return String(decoding: output.copy(), as: UTF8.self)
    }

    private func set(_ splice: inout JSONSplice, _ key: StaticString, _ raw: String) {
        ByteBuffer(Array(raw.utf8)).withBytes { splice.set(key, raw: $0) }
    }

    @Test(arguments: [
        (#"{"model":"a"}"#, #"{"model":"b"}"#),
        (#"{ "x" : 1.50 , "mod\u0065l" : {"deep":[1]} , "y":2}"#, #"{ "x" : 1.50 , "mod\u0065l" : "b" , "y":2}"#),
        (#"{"x":1}"#, #"{"x":1,"model":"b"}"#),
        (#"{}"#, #"{"model":"b"}"#),
        (#"{  }"#, #"{"model":"b"  }"#),
        (#"  {"x":1 } "#, #"{"x":1,"model":"b" }"#),
        (#"{"model":1,"model":2}"#, #"{"model":"b","model":"b"}"#),
        (
            #"{"seed": 123456789012345678901234567890, "model":1e400 , "x": -1E+0400 }"#,
            #"{"seed": 123456789012345678901234567890, "model":"b" , "x": -1E+0400 }"#
        ),
    ])
    func sets(_ text: String, _ expected: String) throws {
        #expect(try edited(text) { $0.set("model", to: "b") } == expected)
    }

    @Test(arguments: [
        (#"{"a":1,"b":2,"c":3}"#, #"{"a":1,"c":3}"#),
        (#"{"b":2, "c":3}"#, #"{"c":3}"#),
        (#"{ "b":2 }"#, #"{  }"#),
        (#"{"a":1 , "b":2 }"#, #"{"a":1 }"#),
        (#"{"b":1,"b":2,"a":{"b":3}}"#, #"{"a":{"b":3}}"#),
        (#"{"a":1,"b":1,"\u0062":2}"#, #"{"a":1}"#),
        (#"{"a":1}"#, #"{"a":1}"#),
        (#"{}"#, #"{}"#),
    ])
    func removes(_ text: String, _ expected: String) throws {
        #expect(try edited(text) { $0.remove("b") } == expected)
    }

    @Test(arguments: [
        (#"{"o":{"a":1}}"#, #"{"o":{"a":1,"u":true}}"#),
        (#"{"o":{ "u" : false , "a":1 } ,"z":0}"#, #"{"o":{ "u" : true , "a":1 } ,"z":0}"#),
        (#"{"o":{}}"#, #"{"o":{"u":true}}"#),
        (#"{"o":null}"#, #"{"o":{"u":true}}"#),
        (#"{"a":1}"#, #"{"a":1,"o":{"u":true}}"#),
        (#"{"u":3}"#, #"{"u":3,"o":{"u":true}}"#),
    ])
    func setsInside(_ text: String, _ expected: String) throws {
        #expect(try edited(text) { $0.set("o", "u", to: true) } == expected)
    }

    @Test(arguments: [
        (#"{"o":{"u":1,"a":2}}"#, #"{"o":{"a":2}}"#), (#"{"o":{"u":1}}"#, #"{"o":{}}"#),
        (#"{"o":[1]}"#, #"{"o":[1]}"#), (#"{"a":1}"#, #"{"a":1}"#),
    ])
    func removesInside(_ text: String, _ expected: String) throws {
        #expect(try edited(text) { $0.remove("o", "u") } == expected)
    }

    @Test func manyEditsGoTogether() throws {
        let text = #"{"drop":1, "model":"a", "o":{"x":[1, 2]}, "drop2":{"o":1}}"#
        let result = try edited(text) {
            $0.remove("drop")
            $0.remove("drop2")
            set(&$0, "new", "[1, {}]")
            $0.set("p", "a", to: 1)
            $0.set("o", "y", to: nil as String?)
            $0.set("o", "x", to: 0.5)
            $0.set("p", "b", to: "\"")
            $0.set("model", to: "first")
            $0.set("model", to: "second")
        }
        #expect(
            result == #"{"model":"second", "o":{"x":0.5,"y":null},"new":[1, {}],"p":{"a":1,"b":"\""}}"#)
    }

    @Test func allRemovedAndOneAddedIsStillAnObject() throws {
        let result = try edited(#"{"a":1,"b":2}"#) {
            $0.remove("a")
            $0.remove("b")
            $0.set("c", to: 3)
        }
        #expect(result == #"{"c":3}"#)
    }

    @Test func aSpliceIsUsedAgainAfterRemoveAll() throws {
        let object = try JSONParser().parse(#"{"a":1}"#).root
        var splice = JSONSplice()
        var output = ByteBuffer()
        splice.set("a", to: 2)
        splice.removeAll()
        let isEmpty = splice.isEmpty
        #expect(isEmpty)
        splice.set("b", to: 3)
        splice.write(object, to: &output)
        #expect(String(decoding: output.copy(), as: UTF8.self) == #"{"a":1,"b":3}"#)
    }

    @Test func noEditsLeaveTheTextAsItIs() throws {
        var random = JSONRandom(seed: 7, hugeNumbers: true)
        for _ in 0..<300 {
            let text = random.object()
            #expect(try edited(text) { $0.remove("nothing of this name") } == text)
        }
    }
}
