/// What a value of a JSON text is (RFC 8259 section 3), with numbers told apart.
package enum JSONKind: Hashable, Sendable {
    case object, array, string
    /// A number without fraction and exponent that fits into `Int`.
    case integer
    /// Any other number.
    case number
    case bool, null

    /// As an error names it.
    var noun: String {
        switch self {
        case .object: "an object"
        case .array: "an array"
        case .string: "a string"
        case .integer: "an integer"
        case .number: "a number that is no 64-bit integer"
        case .bool: "a boolean"
        case .null: "null"
        }
    }
}
