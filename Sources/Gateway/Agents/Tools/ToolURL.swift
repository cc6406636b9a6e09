import Upstreams

/// The address of an HTTP tool, with places for arguments in its path and its query. The host stands fast: no argument
/// can choose it.
struct ToolURL: Sendable {
    /// `https://host:port`, without a path.
    let origin: String
    private let path: [ArgumentText]
    private let query: [ArgumentText]

    /// Nil: no http or https address, or one with a place before its path, a user or a fragment.
    init?(_ text: String) {
        guard let scheme = text.firstRange(of: "://"), !text.contains("#"), !text.contains("\\") else { return nil }
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
        let rest = text[scheme.upperBound...]
        let host = rest.prefix { $0 != "/" && $0 != "?" }
        guard let url = URLSyntax(String(text[..<scheme.upperBound]) + String(host), schemes: ["http", "https"]) else {
            return nil
        }
        origin = "\(url.scheme)://\(url.authority)"
        let target = rest.dropFirst(host.count)
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let segments = (parts.first ?? "").split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        path = segments.map { ArgumentText(String($0)) }
        query = parts.count < 2 ? [] : parts[1].split(separator: "&").map { ArgumentText(String($0)) }
    }

    /// The arguments that have a place.
    var names: Set<String> { Set((path + query).flatMap(\.names)) }

    /// Path and query with the arguments in their places, percent-encoded. An item of the query whose argument is left
    /// out is left out as a whole; an argument of the path must be there.
    func target(_ arguments: JSONValue) throws(ToolFault) -> String {
        var target = ""
        for segment in path {
            guard let text = try Self.fill(segment, arguments) else {
                throw ToolFault(message: "'\(segment.names.joined(separator: "', '"))' must not be left out.")
            }
            // Clients and servers read these two as steps, even when they are encoded.
            guard segment.names.isEmpty || !["", ".", ".."].contains(text) else {
                throw ToolFault(message: "'\(segment.names.joined(separator: "', '"))' cannot be '\(text)'.")
            }
            target += "/" + text
        }
        if path.isEmpty { target = "/" }
        var separator = "?"
        for item in query {
            guard let text = try Self.fill(item, arguments) else { continue }
            target += separator + text
            separator = "&"
        }
        return target
    }

    /// Nil: an argument is left out.
    private static func fill(_ text: ArgumentText, _ arguments: JSONValue) throws(ToolFault) -> String? {
        var filled = ""
        for piece in text.pieces {
            switch piece {
            case .text(let text): filled += text
            case .argument(let name):
                guard let value = try arguments.argument(name) else { return nil }
                filled += encode(value)
            }
        }
        return filled
    }

    /// All but the unreserved characters (RFC 3986 section 2.3) as `%XX`.
    static func encode(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                encoded += "%" + Hexadecimal.encode([byte]).uppercased()
            }
        }
        return encoded
    }
}

extension JSONValue {
    /// An argument as text; nil if it is missing or null.
    func argument(_ name: String) throws(ToolFault) -> String? {
        guard let value = self[named: name], !value.isNull else { return nil }
        if let text = value.string { return text }
        guard value.kind == .number || value.kind == .bool else {
            throw ToolFault(message: "'\(name)' must be a string, a number or a boolean.")
        }
        return value.sourceText
    }
}
