import Upstreams

/// The head of one part of form data, read as strictly as a name has to be that others act on (RFC 7578 section 4.2).
struct MultipartHead {
    /// Whether the part's name is `model`.
    let isModel: Bool

    /// `head`: lines that end with CR and LF, the last of them empty.
    init(_ head: [UInt8]) throws(MultipartError) {
        var name: [UInt8]?
        var lines = head[...]
        while let end = lines.firstIndex(of: HTTPSyntax.lineFeed) {
            let line = lines[..<end].dropLast()
            lines = lines[(end + 1)...]
            if line.isEmpty { break }
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex,
                line[..<colon].allSatisfy(HTTPSyntax.isToken)
            else { throw MultipartError(message: "a line of a part's head is no field") }
            let field = String(decoding: line[..<colon], as: UTF8.self).lowercased()
            let value = line[(colon + 1)...]
            switch field {
            case "content-disposition":
                guard name == nil else { throw MultipartError(message: "a part has two names") }
                name = try Self.name(value)
            case "content-transfer-encoding":
                let encoding = String(decoding: value, as: UTF8.self).lowercased().filter { $0 != " " && $0 != "\t" }
                guard ["7bit", "8bit", "binary"].contains(encoding) else {
                    throw MultipartError(message: "a part is encoded, which form data are not")
                }
            default: continue
            }
        }
        guard let name else { throw MultipartError(message: "a part has no name") }
        isModel = name.elementsEqual("model".utf8)
    }

    /// The name in `form-data; name="…"; filename="…"`. An escaped name, or one in RFC 8187's form, could be read as
    /// another.
    private static func name(_ disposition: ArraySlice<UInt8>) throws(MultipartError) -> [UInt8] {
        var reader = ParameterReader(disposition)
        guard let kind = reader.token(), kind.lowercased() == "form-data" else {
            throw MultipartError(message: "a part is no form data")
        }
        var name: [UInt8]?
        while let parameter = try reader.parameter() {
            let key = parameter.key.lowercased()
            guard key != "name*" else { throw MultipartError(message: "a part's name is encoded") }
            guard key == "name" else { continue }
            guard name == nil else { throw MultipartError(message: "a part has two names") }
            guard !parameter.value.contains(UInt8(ascii: "\\")) else {
                throw MultipartError(message: "a part's name has a backslash")
            }
            name = parameter.value
        }
        guard let name else { throw MultipartError(message: "a part has no name") }
        return name
    }
}
