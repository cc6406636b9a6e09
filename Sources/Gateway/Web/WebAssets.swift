import CWeb

/// The pages and what they are made of: the files of `Pages/`, which the module CWeb carries in the binary.
///
/// Scripts and styles are served under `/assets/{version}/`, where the version changes with any of them: a browser may
/// keep what it has got there for ever. Pages write `{{version}}` where that stands, and scripts name each other
/// relatively. What all pages begin and end with is `frame.html`.
struct WebAssets: Sendable {
    /// One file as it is served.
    struct Asset: Sendable {
        let contentType: String
        /// An entity tag, with its quotes (RFC 9110 section 8.8.3).
        let tag: String
        let bytes: [UInt8]
    }

    /// Those of this binary. Made at their first use and never changed.
    static let embedded = WebAssets()

    /// 16 hexadecimal digits.
    let version: String
    private let assets: [String: Asset]

    private init() {
        let files = (0..<cweb_count()).map { index in
            let file = unsafe cweb_at(index)
            let bytes = unsafe Array(UnsafeBufferPointer(start: file.bytes, count: file.count))
            return unsafe (name: String(cString: file.name), bytes: bytes)
        }
        let version = Self.mark(files.flatMap(\.bytes))
        self.version = version
        let frame = files.first { $0.name == "frame.html" }.map { String(decoding: $0.bytes, as: UTF8.self) } ?? ""
        var assets: [String: Asset] = [:]
        for file in files {
            var bytes = file.bytes
            if file.name.hasSuffix(".html") {
                let page = Self.framed(String(decoding: bytes, as: UTF8.self), in: frame)
                bytes = Array(page.replacing("{{version}}", with: version).utf8)
            }
            assets[file.name] = Asset(
                contentType: Self.contentType(of: file.name), tag: "\"\(Self.mark(bytes))\"", bytes: bytes)
        }
        self.assets = assets
    }

    /// A page in the frame that all of them share. Its file has lines `name: value` for what differs in the frame, a
    /// blank line, and the content.
    private static func framed(_ page: String, in frame: String) -> String {
        guard let end = page.firstRange(of: "\n\n") else { return page }
        var framed = frame
        for line in page[..<end.lowerBound].split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1)
            let value = parts.count == 2 ? parts[1].drop { $0 == " " } : ""
            framed = framed.replacing("{{\(parts[0])}}", with: value)
        }
        return framed.replacing("{{body}}", with: page[end.upperBound...])
    }

    /// A file of that name; nil if there is none.
    subscript(_ name: String) -> Asset? { assets[name] }

    private static func mark(_ bytes: [UInt8]) -> String { String(SHA256.hash(bytes).hexadecimal.prefix(16)) }

    private static func contentType(of name: String) -> String {
        switch name.split(separator: ".").last {
        case "html": "text/html; charset=utf-8"
        case "css": "text/css; charset=utf-8"
        case "js": "text/javascript; charset=utf-8"
        case "svg": "image/svg+xml"
        case "json": "application/json"
        default: preconditionFailure("a page's file of an unknown kind")
        }
    }
}
