import Upstreams

/// Reads a field's value with parameters, `word; key=value; key="value"` (RFC 9110 section 5.6.6), from front to back.
struct ParameterReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    /// The word at the front, up to a blank, a semicolon or an equals sign; nil: there is none.
    mutating func token() -> String? {
        skipBlanks()
        let token = rest.prefix { $0 == UInt8(ascii: "/") || HTTPSyntax.isToken($0) }
        guard !token.isEmpty else { return nil }
        rest = rest.dropFirst(token.count)
        return String(decoding: token, as: UTF8.self)
    }

    /// The next parameter, quotes taken away and escapes left as they are; nil: there is none.
    mutating func parameter() throws(MultipartError) -> (key: String, value: [UInt8])? {
        skipBlanks()
        if rest.isEmpty { return nil }
        guard take(";") else { throw Self.malformed }
        skipBlanks()
        if rest.isEmpty { return nil }
        guard let key = token(), take("=") else { throw Self.malformed }
        guard take("\"") else {
            guard let value = token() else { throw Self.malformed }
            return (key, Array(value.utf8))
        }
        var value: [UInt8] = []
        while let byte = rest.popFirst(), byte != UInt8(ascii: "\"") {
            value.append(byte)
            if byte == UInt8(ascii: "\\"), let escaped = rest.popFirst() { value.append(escaped) }
            if rest.isEmpty { throw Self.malformed }
        }
        return (key, value)
    }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: scalar) else { return false }
        rest = rest.dropFirst()
        return true
    }

    private mutating func skipBlanks() { rest = rest.drop { $0 == HTTPSyntax.space || $0 == HTTPSyntax.tab } }

    private static let malformed = MultipartError(message: "a field's parameters are not of the form key=value")
}
