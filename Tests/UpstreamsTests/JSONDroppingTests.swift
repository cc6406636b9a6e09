import Testing
import Upstreams

/// Elements cut out of an array's text.
@Suite struct JSONDroppingTests {
    private func without(_ text: String, _ dropped: [Bool]) throws -> String {
        let document = try JSONParser().parse(text)
        guard let array = document.root["m"] else { return "no array" }
        var output = ByteBuffer()
        document.write(dropping: dropped, of: array, to: &output)
        return String(decoding: output.copy(), as: UTF8.self)
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
        #expect(try without(#" {"a" : 1.0, "m": [ {"x":[1]} , 2 ,"é\u0041" ] , "z":{} } "#, dropped) == expected)
    }

    @Test func everySelectionLeavesTheOtherElements() throws {
        for selection in 0..<1 << 7 {
            let dropped = (0..<7).map { selection >> $0 & 1 == 1 }
            let text = try without(#"{"m":[0, 1 ,2,3 , 4,5 ,6]}"#, dropped)
            let left = try JSONParser().parse(text).root["m"]?.elements.compactMap(\.int)
            #expect(left == (0..<7).filter { !dropped[$0] })
        }
    }
}
