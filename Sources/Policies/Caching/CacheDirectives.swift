/// What a request says about kept answers in its `cache-control` field (RFC 9111 section 5.2.1).
///
/// Directives that the gateway does not know are passed over, as the RFC asks.
package struct CacheDirectives: Equatable, Sendable {
    /// `no-store`: neither a kept answer nor the keeping of this one.
    package private(set) var forbidsStorage = false
    /// `no-cache`: a new answer, which may be kept.
    package private(set) var forbidsKept = false
    /// `only-if-cached`: a kept answer or none.
    package private(set) var onlyKept = false
    /// `max-age`: the oldest answer that will do, in seconds.
    package private(set) var maxAge: Int?

    /// `field`: the field's value; nil: the request has none.
    package init(_ field: String?) {
        for directive in field?.split(separator: ",") ?? [] {
            let parts = directive.split(separator: "=", maxSplits: 1)
            let name = parts.first.map { Self.trimmed($0).lowercased() } ?? ""
            switch name {
            case "no-store": forbidsStorage = true
            case "no-cache": forbidsKept = true
            case "only-if-cached": onlyKept = true
            case "max-age": maxAge = parts.count == 2 ? Self.seconds(parts[1]) : maxAge
            default: break
            }
        }
    }

    /// For a body's `use_cache: false`.
    package mutating func refuseKept() { forbidsKept = true }

    /// Decimal digits, also in quotes. More than a century counts as one (RFC 9111 section 1.2.2).
    private static func seconds(_ text: Substring) -> Int? {
        var text = trimmed(text)
        if text.hasPrefix("\""), text.hasSuffix("\""), text.count > 1 { text = text.dropFirst().dropLast() }
        guard !text.isEmpty, text.utf8.allSatisfy({ 48...57 ~= $0 }) else { return nil }
        return min(Int(text) ?? .max, 3_153_600_000)
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while let first = text.first, first == " " || first == "\t" { text = text.dropFirst() }
        while let last = text.last, last == " " || last == "\t" { text = text.dropLast() }
        return text
    }
}
