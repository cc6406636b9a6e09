import Upstreams

/// Paths and queries. Comparing allocates nothing; decoding makes the one string that is asked for.
extension RequestHead {
    /// The path as sent, still percent-encoded.
    var path: String { string(in: target.path) }

    func pathEquals(_ path: StaticString) -> Bool { withBytes { $0.equals(path, in: target.path) } }

    /// Whether the path is `path` after `prefix`, with which it is known to begin.
    func pathEquals(_ path: StaticString, after prefix: StaticString) -> Bool {
        withBytes { $0.equals(path, in: target.path.dropFirst(prefix.utf8CodeUnitCount)) }
    }

    func pathHasPrefix(_ prefix: StaticString) -> Bool {
        withBytes { $0.equals(prefix, in: target.path.prefix(prefix.utf8CodeUnitCount)) }
    }

    func pathHasSuffix(_ suffix: StaticString) -> Bool {
        withBytes { $0.equals(suffix, in: target.path.suffix(suffix.utf8CodeUnitCount)) }
    }

    /// What stands between `prefix` and `suffix` in the path, percent-decoded, such as the id of `/v1/models/{id}`;
    /// nil if the path is not of that form or the part is empty, is not UTF-8 or holds a NUL.
    func pathParameter(after prefix: StaticString, before suffix: StaticString = "") -> String? {
        guard pathHasPrefix(prefix), pathHasSuffix(suffix) else { return nil }
        let lower = target.path.lowerBound + prefix.utf8CodeUnitCount
        let upper = target.path.upperBound - suffix.utf8CodeUnitCount
        guard lower < upper else { return nil }
        let decoded = decode(lower..<upper, plusIsSpace: false)
        return decoded.contains(0) ? nil : String(validating: decoded, as: UTF8.self)
    }

    /// The value of the first item of that name in the query, percent-decoded and with `+` read as a space;
    /// empty for an item without `=`, nil if there is no such item. What is not UTF-8 becomes U+FFFD.
    func queryItem(_ name: StaticString) -> String? {
        queryItems.first { isQueryName(name, in: $0.name) }.map { item in
            String(decoding: decode(item.value, plusIsSpace: true), as: UTF8.self)
        }
    }

    /// The names of all items of the query, decoded likewise, in their order.
    var queryNames: [String] {
        queryItems.map { String(decoding: decode($0.name, plusIsSpace: true), as: UTF8.self) }
    }

    private var queryItems: [(name: Range<Int>, value: Range<Int>)] {
        var items: [(name: Range<Int>, value: Range<Int>)] = []
        var rest = target.query
        while !rest.isEmpty {
            let end = offset(of: UInt8(ascii: "&"), in: rest) ?? rest.upperBound
            let nameEnd = offset(of: UInt8(ascii: "="), in: rest.lowerBound..<end) ?? end
            items.append((rest.lowerBound..<nameEnd, min(nameEnd + 1, end)..<end))
            rest = min(end + 1, rest.upperBound)..<rest.upperBound
        }
        return items
    }

    private func offset(of byte: UInt8, in range: Range<Int>) -> Int? {
        withBytes { $0.firstOffset(of: byte, in: range) }
    }

    private func isQueryName(_ name: StaticString, in range: Range<Int>) -> Bool {
        if withBytes({ $0.equals(name, in: range) }) { return true }
        guard offset(of: UInt8(ascii: "%"), in: range) != nil else { return false }
        let decoded = decode(range, plusIsSpace: true)
        return unsafe decoded.span.bytes.equals(name, in: decoded.indices)
    }

    /// The parser has made sure that two hexadecimal digits follow every `%`.
    private func decode(_ range: Range<Int>, plusIsSpace: Bool) -> [UInt8] {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(range.count)
        var offset = range.lowerBound
        while offset < range.upperBound {
            let byte = bytes[offset]
            if byte == UInt8(ascii: "%"), offset + 2 < range.upperBound,
                let high = HTTPSyntax.hexadecimalValue(bytes[offset + 1]),
                let low = HTTPSyntax.hexadecimalValue(bytes[offset + 2])
            {
                decoded.append(high << 4 | low)
                offset += 3
            } else {
                decoded.append(plusIsSpace && byte == UInt8(ascii: "+") ? HTTPSyntax.space : byte)
                offset += 1
            }
        }
        return decoded
    }
}
