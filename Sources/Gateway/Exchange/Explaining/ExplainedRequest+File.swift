import Upstreams

extension ExplainedRequest {
    /// A request as a file holds it: HTTP/1.1 text, whose lines may end without a carriage return, or, when the text
    /// begins as a JSON object, the body of a chat completion.
    ///
    /// `key`: shown in the place of any that the file shows.
    init(file bytes: [UInt8], key: String?, from origin: Origin, maxHeadBytes: Int) throws(HTTPParseError) {
        var (lines, rest) = Self.split(bytes)
        if let key {
            lines.removeAll { Self.showsKey($0) }
            lines.append("authorization: Bearer \(key)")
        }
        try self.init(lines: lines, rest: rest, from: origin, maxHeadBytes: maxHeadBytes)
    }

    private static func split(_ bytes: [UInt8]) -> (lines: [String], rest: [UInt8]) {
        let blanks: [UInt8] = [0x20, HTTPSyntax.tab, HTTPSyntax.carriageReturn, HTTPSyntax.lineFeed]
        guard bytes.first(where: { !blanks.contains($0) }) != UInt8(ascii: "{") else {
            return (["POST /v1/chat/completions HTTP/1.1", "content-type: application/json"], bytes)
        }
        var lines: [String] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            var line = rest.prefix { $0 != HTTPSyntax.lineFeed }
            rest = rest.dropFirst(line.count + 1)
            if line.last == HTTPSyntax.carriageReturn { line.removeLast() }
            if line.isEmpty { break }
            lines.append(String(decoding: line, as: UTF8.self))
        }
        return (lines, Array(rest))
    }

    private static func showsKey(_ line: String) -> Bool {
        let name = line.prefix { $0 != ":" }.lowercased()
        return name == "authorization" || name == "x-api-key" || name == "api-key"
    }
}
