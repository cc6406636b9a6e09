import CJSON

/// Finds the words and the place for a file that is not JSON.
///
/// Parses nothing: simdjson has said that the text is wrong, and mostly where. What it says of the whole text alone
/// (an unclosed string or bracket, bytes that are not UTF-8) is looked up here.
struct SyntaxError {
    let message: String
    let offset: Int

    init(_ text: ConfigText, _ failure: cj_walk_failure, offset: Int) {
        let bytes = text.bytes
        switch failure {
        case CJ_WALK_EMPTY: self.init("the file is empty; expected an object", 0)
        case CJ_WALK_NOT_UTF8: self.init("not UTF-8", Self.firstInvalidByte(bytes))
        case CJ_WALK_NOT_OBJECT: self.init("expected an object, found \(Self.token(bytes, offset))", offset)
        case CJ_WALK_TOO_DEEP: self.init("nested too deeply", offset)
        case CJ_WALK_BAD_NUMBER: self.init("not a JSON number, or out of range: \(Self.token(bytes, offset))", offset)
        case CJ_WALK_BAD_STRING: self.init("this string holds an escape that JSON does not have", offset)
        case CJ_WALK_UNCLOSED: self = Self.unclosed(text) ?? Self("unexpected \(Self.token(bytes, offset))", offset)
        default: self.init(unexpected: text, offset)
        }
    }

    private init(_ message: String, _ offset: Int) {
        self.message = message
        self.offset = offset
    }

    /// What stands at the offset should not be there: the commonest reasons have words of their own.
    private init(unexpected text: ConfigText, _ offset: Int) {
        let bytes = text.bytes
        let before = bytes[..<min(offset, bytes.count)].lastIndex { !Self.isSpace($0) }
        let previous = before.map { bytes[$0] }
        let found = offset < bytes.count ? bytes[offset] : nil
        let isClosing = found == UInt8(ascii: "}") || found == UInt8(ascii: "]")
        switch (previous, found) {
        case (UInt8(ascii: ","), _) where isClosing:
            self.init("a comma before \(Self.token(bytes, offset)) is one too many", before ?? offset)
        case (UInt8(ascii: ","), UInt8(ascii: ",")):
            self.init("one comma too many", offset)
        case (_, UInt8(ascii: "/")):
            self.init("JSON has no comments", offset)
        case (_, UInt8(ascii: "'")):
            self.init("strings need double quotes", offset)
        case (_, 0xEF) where bytes.starts(with: [0xEF, 0xBB, 0xBF]) && offset == 0:
            self.init("the file begins with a byte order mark; save it without one", 0)
        case (let previous?, UInt8(ascii: "\"")) where previous != UInt8(ascii: ":"):
            self.init("unexpected string; is a comma missing before it?", offset)
        case (_, _) where isClosing || found == nil:
            self = Self.unclosed(text) ?? Self("unexpected \(Self.token(bytes, offset))", offset)
        default:
            self.init("unexpected \(Self.token(bytes, offset))", offset)
        }
    }

    private static func unclosed(_ text: ConfigText) -> Self? {
        var search = UnclosedSearch(text)
        return search.run().map { Self($0.message, $0.offset) }
    }

    func report(to context: ConfigContext) {
        context.report(message, offset: offset, path: "")
    }

    /// The word or character at the offset, in quotes.
    static func token(_ bytes: [UInt8], _ offset: Int) -> String {
        guard offset < bytes.count else { return "end of the file" }
        let rest = bytes[offset...].prefix(80)
        let word = rest.prefix { byte in
            !isSpace(byte) && !"{}[],:\"".utf8.contains(byte)
        }
        if !word.isEmpty { return String(decoding: word, as: UTF8.self).quoted }
        return rest.first == UInt8(ascii: "\"") ? "a string" : String(decoding: rest.prefix(1), as: UTF8.self).quoted
    }

    static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }

    private static func firstInvalidByte(_ bytes: [UInt8]) -> Int {
        var parser = Unicode.UTF8.ForwardParser()
        var iterator = bytes.makeIterator()
        var offset = 0
        while true {
            switch parser.parseScalar(from: &iterator) {
            case .valid(let scalar): offset += scalar.count
            case .error, .emptyInput: return offset
            }
        }
    }
}
