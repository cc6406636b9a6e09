/// One value of the configuration file and the byte at which it begins. An immutable tree; it never interprets what
/// it holds.
package struct ConfigNode: Sendable {
    package enum Value: Sendable {
        case null
        case bool(Bool)
        /// A number written without fraction and exponent that fits 64 bits.
        case integer(Int)
        /// Any other number.
        case number(Double)
        case string(String)
        case array([ConfigNode])
        /// In the order of the file; names are unique, since the document refuses duplicates.
        case object([ConfigMember])
    }

    package let value: Value
    /// Byte offset in the file of the value's first character.
    package let offset: Int

    /// The member of that name, when this is an object that has it.
    package subscript(name: String) -> ConfigNode? {
        guard case .object(let members) = value else { return nil }
        return members.first { $0.name == name }?.node
    }

    /// The element at that place, when this is an array that long.
    package subscript(index: Int) -> ConfigNode? {
        guard case .array(let elements) = value, elements.indices.contains(index) else { return nil }
        return elements[index]
    }

    package var string: String? {
        if case .string(let text) = value { text } else { nil }
    }

    /// The value in a few words, for "found …" in an error.
    package var summary: String {
        switch value {
        case .null: "null"
        case .bool(let flag): "\(flag)"
        case .integer(let number): "\(number)"
        case .number(let number): "\(number)"
        case .string(let text): text.quoted
        case .array: "a list"
        case .object: "an object"
        }
    }

    /// The kind of value alone, for errors about values that may be secret.
    package var discreetSummary: String {
        switch value {
        case .null: "null"
        case .bool: "a boolean"
        case .integer, .number: "a number"
        case .string(let text): "a string of \(text.count) characters"
        case .array: "a list"
        case .object: "an object"
        }
    }
}
