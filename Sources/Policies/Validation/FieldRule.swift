/// One field of an object. Null means the same as leaving an optional field out.
struct FieldRule: Sendable {
    enum Presence: Sendable {
        case optional
        /// Null counts as missing.
        case required
        /// Must be named, may be null.
        case requiredOrNull
    }

    let name: String
    let shape: Shape
    let presence: Presence

    static func optional(_ name: String, _ shape: Shape) -> FieldRule {
        FieldRule(name: name, shape: shape, presence: .optional)
    }

    static func required(_ name: String, _ shape: Shape) -> FieldRule {
        FieldRule(name: name, shape: shape, presence: .required)
    }

    static func requiredOrNull(_ name: String, _ shape: Shape) -> FieldRule {
        FieldRule(name: name, shape: shape, presence: .requiredOrNull)
    }
}
