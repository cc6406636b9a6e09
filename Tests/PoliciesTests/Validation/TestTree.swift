@testable import Policies

/// A JSON text read for tests: just enough of a parser for texts that are known to be well-formed.
///
/// Keeps no call stack of the text's nesting, so that bombs of depth can be made.
final class TestTree: JSONTree {
    private struct Node {
        var kind: JSONKind
        var end = 0
        var count = 0
        var text: [UInt8] = []
        var number: Double?
        var isTrue = false
    }

    private var nodes: [Node] = []

    init(_ json: String) {
        let bytes = Array(json.utf8)
        var open: [Int] = []
        var at = 0
        while at < bytes.count {
            switch bytes[at] {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                open.append(add(bytes[at] == UInt8(ascii: "{") ? .object : .array, in: open))
                at += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                nodes[open.removeLast()].end = nodes.count
                at += 1
            case UInt8(ascii: "\""):
                let text = Self.string(bytes, &at)
                let isKey = Self.isKey(bytes, at)
                let node = isKey ? append(.string) : add(.string, in: open)
                nodes[node].text = text
            case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: ","), UInt8(ascii: ":"): at += 1
            default: addWord(bytes, &at, in: open)
            }
        }
    }

    /// A value, counted by the container that it stands in.
    private func add(_ kind: JSONKind, in open: [Int]) -> Int {
        if let container = open.last { nodes[container].count += 1 }
        return append(kind)
    }

    private func append(_ kind: JSONKind) -> Int {
        nodes.append(Node(kind: kind, end: nodes.count + 1))
        return nodes.count - 1
    }

    private static func string(_ bytes: [UInt8], _ at: inout Int) -> [UInt8] {
        var text: [UInt8] = []
        at += 1
        while bytes[at] != UInt8(ascii: "\"") {
            if bytes[at] == UInt8(ascii: "\\") { at += 1 }
            text.append(bytes[at])
            at += 1
        }
        at += 1
        return text
    }

    private static func isKey(_ bytes: [UInt8], _ end: Int) -> Bool {
        bytes[end...].first { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\n") } == UInt8(ascii: ":")
    }

    private func addWord(_ bytes: [UInt8], _ at: inout Int, in open: [Int]) {
        let stops = Array(" \n,]}".utf8)
        let end = bytes[at...].firstIndex { stops.contains($0) } ?? bytes.count
        let word = String(decoding: bytes[at..<end], as: UTF8.self)
        at = end
        switch word {
        case "null": _ = add(.null, in: open)
        case "true", "false": nodes[add(.bool, in: open)].isTrue = word == "true"
        default: nodes[add(Int(word) == nil ? .number : .integer, in: open)].number = Double(word)
        }
    }

    // MARK: JSONTree

    func facts(at index: Int) -> (kind: JSONKind, size: Int, end: Int) {
        let node = nodes[index]
        return (node.kind, node.kind == .string ? node.text.count : node.count, node.end)
    }

    func textStart(at index: Int) -> (count: Int, first: UInt64, second: UInt64) {
        guard nodes[index].kind == .string else { return (-1, 0, 0) }
        let text = nodes[index].text
        let start = TextStart(text.span)
        return (start.count, start.first, start.second)
    }

    func integer(_ node: Int) -> Int? { nodes[node].kind == .integer ? nodes[node].number.map { Int($0) } : nil }
    func number(_ node: Int) -> Double? { nodes[node].number }
    func bool(_ node: Int) -> Bool? { nodes[node].kind == .bool ? nodes[node].isTrue : nil }

    func withText(of node: Int, _ body: (Span<UInt8>) -> Void) {
        guard nodes[node].kind == .string else { return }
        let text = nodes[node].text
        body(text.span)
    }
}
