import Foundation
import Testing
import Upstreams

@Suite struct JSONPropertiesTests {
    @Test func everyPropertyHoldsForRandomObjects() {
        let parser = JSONParser()
        for hugeNumbers in [false, true] {
            var random = JSONRandom(seed: 1, hugeNumbers: hugeNumbers)
            for _ in 0..<1_500 {
                let text = random.object()
                #expect(JSONProperties.broken(by: Array(text.utf8), parser) == nil, "\(text)")
            }
        }
    }

    @Test func everyPropertyHoldsForDamagedTexts() {
        var random = JSONRandom(seed: 2, hugeNumbers: true)
        let parser = JSONParser()
        for _ in 0..<4_000 {
            var bytes = Array(random.value().utf8)
            for _ in 0...random.below(2) {
                let at = random.below(bytes.count)
                switch random.below(3) {
                case 0: bytes[at] = UInt8(random.below(256))
                case 1: bytes.insert(random.pick(Array("{}[]\",:\\0eu-".utf8)), at: at)
                default: bytes.removeSubrange(at...)
                }
                if bytes.isEmpty { break }
            }
            #expect(JSONProperties.broken(by: bytes, parser) == nil, "\(bytes)")
        }
    }

    @Test func everyPropertyHoldsForTheFuzzCorpus() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Fuzz/corpus/json")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        let parser = JSONParser()
        #expect(files.count > 10)
        for file in files {
            #expect(JSONProperties.broken(by: [UInt8](try Data(contentsOf: file)), parser) == nil, "\(file)")
        }
    }

    @Test func valuesAreThoseThatFoundationReads() throws {
        var random = JSONRandom(seed: 3)
        let parser = JSONParser()
        for _ in 0..<1_000 {
            let text = random.value()
            let bytes = Array(text.utf8)
            let expected = try JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
            #expect(agrees(try parser.parse(bytes).root, expected), "\(text)")
        }
    }

    private func agrees(_ value: JSONValue, _ expected: Any) -> Bool {
        switch value.kind {
        case .object:
            guard let expected = expected as? [String: Any] else { return false }
            // Of members of the same name Foundation may keep another one than we do.
            let keys = value.members.map(\.key)
            return Set(keys) == Set(expected.keys)
                && expected.allSatisfy { key, other in
                    keys.count { $0 == key } > 1 || value[named: key].map { agrees($0, other) } == true
                }
        case .array:
            guard let expected = expected as? [Any], expected.count == value.count else { return false }
            return zip(value.elements, expected).allSatisfy { agrees($0, $1) }
        case .string: return value.string == expected as? String
        case .number: return value.double == (expected as? NSNumber)?.doubleValue
        case .bool: return value.bool == expected as? Bool
        case .null: return expected is NSNull
        }
    }
}
