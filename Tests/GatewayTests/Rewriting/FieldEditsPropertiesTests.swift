import Policies
import Testing
import Upstreams

@testable import Gateway

/// Edits of random objects, against the same edits of plain lists.
@Suite("Properties of field edits")
struct FieldEditsPropertiesTests {
    private static let keys = ["a", "b", "c", "d"]

    private enum Edit { case set, fill, remove, keep }

    @Test("Every member becomes what its edit says, the others and their order stay", arguments: [1, 2, 3])
    func members(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for _ in 0..<1000 {
            let object = (0..<Int.random(in: 0...6, using: &random)).map { _ in
                (
                    key: Self.keys.randomElement(using: &random) ?? "a",
                    value: ["1", "null", #"{"x":2}"#].randomElement(using: &random) ?? "1"
                )
            }
            let edits = Self.keys.map {
                ($0, [Edit.set, .fill, .remove, .keep].randomElement(using: &random) ?? .keep)
            }
            let result = try apply(edits, to: object, &random)
            #expect(result == expected(edits, object), "\(edits) of \(object)")
        }
    }

    private func apply(
        _ edits: [(String, Edit)], to object: [(key: String, value: String)], _ random: inout SplitMix64
    ) throws -> [String] {
        var blank: String { [" ", "", "\n"].randomElement(using: &random) ?? "" }
        let members = object.map { "\(blank)\"\($0.key)\"\(blank):\(blank)\($0.value)\(blank)" }
        let text = "{\(members.isEmpty ? blank : members.joined(separator: ","))}"
        let document = unsafe try JSONParser().parse(Array(text.utf8).span.bytes)
        var fields = FieldEdits()
        for (key, edit) in edits {
            guard let path = FieldPath(key) else { continue }
            var value = JSONTemplate()
            value.append(json: Array("9".utf8))
            switch edit {
            case .set: fields.add(path, .set(value))
            case .fill: fields.add(path, .fill(value))
            case .remove: fields.add(path, .remove)
            case .keep: continue
            }
        }
        var changes = TextEdits()
        fields.apply(to: document.root, RewriteFixture.values, &changes)
        var output = ByteBuffer()
        changes.write(document, to: &output)
        let edited = try output.withBytes { try JSONParser().parse($0) }
        return edited.root.members.map { member in
            "\(member.key)=\(member.value.withSource { String(decoding: $0.copy(), as: UTF8.self) })"
        }
    }

    private func expected(_ edits: [(String, Edit)], _ object: [(key: String, value: String)]) -> [String] {
        var result: [String] = []
        for (key, value) in object {
            switch edits.first(where: { $0.0 == key })?.1 {
            case .set: result.append("\(key)=9")
            case .fill: result.append("\(key)=\(value == "null" ? "9" : value)")
            case .remove: continue
            case nil, .keep: result.append("\(key)=\(value)")
            }
        }
        for (key, edit) in edits where edit == .set || edit == .fill {
            if !object.contains(where: { $0.key == key }) { result.append("\(key)=9") }
        }
        return result
    }
}
