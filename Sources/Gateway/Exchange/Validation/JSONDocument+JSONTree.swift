import Policies
import Upstreams

/// The gateway's documents as policies read them: the numbers are the document's own, and so is `textStart`.
extension JSONDocument: JSONTree {
    func facts(at index: Int) -> (kind: JSONKind, size: Int, end: Int) {
        let facts: (kind: JSONValue.Kind, isInteger: Bool, size: Int, end: Int) = facts(at: index)
        return (JSONKind(facts.kind, isInteger: facts.isInteger), facts.size, facts.end)
    }

    func integer(_ index: Int) -> Int? { value(at: index).int }

    func number(_ index: Int) -> Double? { value(at: index).double }

    func bool(_ index: Int) -> Bool? { value(at: index).bool }

    func withText(of index: Int, _ body: (Span<UInt8>) -> Void) { withUTF8(at: index, body) }
}

extension JSONKind {
    fileprivate init(_ kind: JSONValue.Kind, isInteger: Bool) {
        switch kind {
        case .object: self = .object
        case .array: self = .array
        case .string: self = .string
        case .number: self = isInteger ? .integer : .number
        case .bool: self = .bool
        case .null: self = .null
        }
    }
}
