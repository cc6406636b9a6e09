/// An object of one of several shapes, told apart by the word in one of its fields.
final class VariantShape: Sendable {
    let tag: Vocabulary
    let kinds: Vocabulary
    let shapes: [ObjectShape]

    /// `variants`: each word with the object's other fields. `anyOf`: for some words, fields of which one at least must
    /// be there.
    init(
        _ tag: String, _ variants: [(kind: String, fields: [FieldRule])], anyOf names: [String: [String]] = [:]
    ) {
        self.tag = Vocabulary([tag])
        kinds = Vocabulary(variants.map(\.kind))
        // The word itself was checked when the shape was chosen.
        shapes = variants.map {
            ObjectShape([.optional(tag, .anything)] + $0.fields, anyOf: names[$0.kind] ?? [])
        }
    }

    var tagName: String { tag.words[0] }
}
