/// An object with fields of its own. Holds at most 64, so that a word can keep book of them.
final class ObjectShape: Sendable {
    let fields: [FieldRule]
    let names: Vocabulary
    /// A bit for each field that must be there.
    let required: UInt64
    /// A bit for each field of which one at least must be there; 0: no such rule.
    let oneOf: UInt64
    /// Whether fields that are not listed are unknown; else they are nobody's business.
    let isClosed: Bool

    init(_ fields: [FieldRule], anyOf names: [String] = [], isClosed: Bool = true) {
        precondition(fields.count <= 64, "more fields than bits")
        self.fields = fields
        self.isClosed = isClosed
        self.names = Vocabulary(fields.map(\.name))
        required = Self.bits(fields) { $0.presence != .optional }
        oneOf = Self.bits(fields) { names.contains($0.name) }
    }

    /// The bits of fields of its own.
    func bits(of names: String...) -> UInt64 {
        let bits = Self.bits(fields) { names.contains($0.name) }
        precondition(bits.nonzeroBitCount == names.count, "no such field")
        return bits
    }

    private static func bits(_ fields: [FieldRule], _ isWanted: (FieldRule) -> Bool) -> UInt64 {
        var bits: UInt64 = 0
        for (place, field) in fields.enumerated() where isWanted(field) { bits |= 1 << UInt64(place) }
        return bits
    }

    convenience init(_ fields: FieldRule..., isClosed: Bool = true) {
        self.init(fields, isClosed: isClosed)
    }
}
