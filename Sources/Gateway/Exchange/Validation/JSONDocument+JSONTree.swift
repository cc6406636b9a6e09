import Policies
import Upstreams

/// The gateway's documents as policies read them: the numbers are the document's own.
extension JSONDocument: JSONTree {
    func kind(of node: Int) -> JSONKind {
        switch kind(at: node) {
        case .object: .object
        case .array: .array
        case .string: .string
        case .bool: .bool
        case .null: .null
        case .number: isInteger(at: node) ? .integer : .number
        }
    }

    func end(of node: Int) -> Int { end(at: node) }

    func count(of node: Int) -> Int { count(at: node) }

    func integer(_ node: Int) -> Int? { value(at: node).int }

    func number(_ node: Int) -> Double? { value(at: node).double }

    func bool(_ node: Int) -> Bool? { value(at: node).bool }

    func byteCount(of node: Int) -> Int { utf8Count(at: node) }

    func withText(of node: Int, _ body: (Span<UInt8>) -> Void) { withUTF8(at: node, body) }
}
