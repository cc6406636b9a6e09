import Upstreams

/// Writes JSON so that two texts of the same meaning become the same bytes: no white space, members sorted by name,
/// numbers in one spelling.
///
/// Of members with the same name the last one counts. Numbers beyond what a reader can tell apart keep their spelling.
enum CanonicalJSON {
    /// Writes an object without the members of the names in `omitted`.
    static func write(_ object: JSONValue, omitting omitted: [StaticString], to output: inout ByteBuffer) {
        write(members: object.members.filter { member in !omitted.contains { member.hasKey($0) } }, to: &output)
    }

    private static func write(_ value: JSONValue, to output: inout ByteBuffer) {
        switch value.kind {
        case .object: write(members: Array(value.members), to: &output)
        case .array:
            output.append(UInt8(ascii: "["))
            var needsComma = false
            for element in value.elements {
                if needsComma { output.append(UInt8(ascii: ",")) }
                needsComma = true
                write(element, to: &output)
            }
            output.append(UInt8(ascii: "]"))
        case .string: _ = value.withUTF8 { output.appendJSONString(utf8: $0) }
        case .number: write(number: value, to: &output)
        case .bool, .null: value.withSource { output.append($0) }
        }
    }

    private static func write(members: [JSONMembers.Member], to output: inout ByteBuffer) {
        // By bytes: Swift's texts are equal where they only look the same.
        var sorted = members.enumerated().map { (key: $1.key, place: $0, value: $1.value) }
        if !zip(sorted, sorted.dropFirst()).allSatisfy({ $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
            sorted.sort { a, b in
                a.key.utf8.elementsEqual(b.key.utf8)
                    ? a.place < b.place : a.key.utf8.lexicographicallyPrecedes(b.key.utf8)
            }
        }
        output.append(UInt8(ascii: "{"))
        var needsComma = false
        for (index, member) in sorted.enumerated() {
            if index + 1 < sorted.count, sorted[index + 1].key.utf8.elementsEqual(member.key.utf8) { continue }
            if needsComma { output.append(UInt8(ascii: ",")) }
            needsComma = true
            output.appendJSON { $0.element(member.key) }
            output.append(UInt8(ascii: ":"))
            write(member.value, to: &output)
        }
        output.append(UInt8(ascii: "}"))
    }

    /// `1`, `1.0` and `1e0` are one number.
    private static func write(number value: JSONValue, to output: inout ByteBuffer) {
        if let whole = value.int {
            output.append(decimal: whole)
        } else if let number = value.double, number.magnitude < 9_007_199_254_740_992 {
            if number == number.rounded(.towardZero) {
                output.append(decimal: Int(number))
            } else {
                output.append(number.description)
            }
        } else {
            value.withSource { output.append($0) }
        }
    }
}
