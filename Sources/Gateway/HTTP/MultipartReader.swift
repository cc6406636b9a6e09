import Upstreams

/// Looks through form data (RFC 7578, RFC 2046 section 5.1) as it comes, for the one part that the gateway acts on: the
/// model's name.
///
/// A pure state machine, which keeps nothing but the head of a part and the model's value. What two readers could take
/// differently is refused, since the provider's must find no other model than this one: line ends that are not CR LF,
/// anything before the first delimiter, names that are written in two ways, a second model. After an error it is not
/// used again.
struct MultipartReader {
    /// The value of the part named `model`, and where it stands in the body.
    struct Model: Equatable {
        let name: String
        let range: Range<Int>
    }

    /// Legal transitions: `content` → `delimiter` → (`lineFeed` → `head` → `content`), or (`lastDash` → `ended`).
    private enum State {
        /// Up to the next delimiter. `matched`: how much of the delimiter the last bytes are.
        case content(matched: Int)
        /// Behind a delimiter: CR, or the first of two dashes.
        case delimiter
        case lineFeed
        case lastDash
        case head
        case ended
    }

    /// Bytes of the head of one part.
    static let maxHeadBytes = 8 * 1024
    /// Bytes of a model's name.
    static let maxModelBytes = 256

    private(set) var model: Model?
    /// LF, two dashes and the boundary; the CR before it is looked for apart.
    private let delimiter: [UInt8]
    private var state = State.content(matched: 1)
    /// Whether the byte before the one that `matched` began with was CR.
    private var isAfterReturn = true
    private var lastByte = UInt8(ascii: "\r")
    private var isFirst = true
    private var head: [UInt8] = []
    /// What has come of the model's value, with whatever may be its delimiter; nil: the part is another one.
    private var value: [UInt8]?
    private var valueStart = 0
    /// Bytes read.
    private var position = 0

    /// `boundary`: as the content type names it (`MultipartBoundary`).
    init(boundary: [UInt8]) { delimiter = Array("\n--".utf8) + boundary }

    /// Whether the last delimiter has come.
    var isComplete: Bool { if case .ended = state { true } else { false } }

    /// Takes the next bytes.
    mutating func read(_ bytes: RawSpan) throws(MultipartError) {
        var offset = 0
        while offset < bytes.byteCount {
            if case .content(0) = state, value == nil {
                // Most of a body is a file: only line feeds matter there.
                let lineFeed = bytes.firstOffset(of: HTTPSyntax.lineFeed, in: offset..<bytes.byteCount)
                let next = lineFeed ?? bytes.byteCount
                if next > offset { lastByte = bytes.byte(at: next - 1) }
                position += next - offset
                offset = next
                if lineFeed == nil { return }
            }
            let byte = bytes.byte(at: offset)
            try take(byte)
            lastByte = byte
            position += 1
            offset += 1
        }
    }

    private mutating func take(_ byte: UInt8) throws(MultipartError) {
        switch state {
        case .content(let matched):
            try takeContent(byte, matched)
        case .delimiter where byte == HTTPSyntax.carriageReturn:
            state = .lineFeed
        case .delimiter where byte == UInt8(ascii: "-") && !isFirst:
            state = .lastDash
        case .lineFeed where byte == HTTPSyntax.lineFeed:
            isFirst = false
            head.removeAll(keepingCapacity: true)
            state = .head
        case .lastDash where byte == UInt8(ascii: "-"):
            state = .ended
        case .delimiter, .lineFeed, .lastDash:
            throw MultipartError(message: "a delimiter is followed by neither CR and LF nor two dashes")
        case .head:
            try takeHead(byte)
        case .ended:
            guard byte == HTTPSyntax.carriageReturn || byte == HTTPSyntax.lineFeed else {
                throw MultipartError(message: "something follows the last delimiter")
            }
        }
    }

    // MARK: Contents

    private mutating func takeContent(_ byte: UInt8, _ matched: Int) throws(MultipartError) {
        if value != nil {
            value?.append(byte)
            if let count = value?.count, count > Self.maxModelBytes + delimiter.count + 1 {
                throw MultipartError(message: "the part 'model' is longer than \(Self.maxModelBytes) bytes")
            }
        }
        var matched = matched
        if byte == delimiter[matched] {
            if matched == 0 { isAfterReturn = lastByte == HTTPSyntax.carriageReturn }
            matched += 1
        } else if isFirst {
            throw MultipartError(message: "it does not begin with the delimiter that the content type names")
        } else if byte == delimiter[0] {
            isAfterReturn = lastByte == HTTPSyntax.carriageReturn
            matched = 1
        } else {
            matched = 0
        }
        guard matched == delimiter.count else {
            state = .content(matched: matched)
            return
        }
        guard isAfterReturn else { throw MultipartError(message: "a delimiter does not follow CR and LF") }
        try endValue()
        state = .delimiter
    }

    private mutating func endValue() throws(MultipartError) {
        guard let value else { return }
        self.value = nil
        let text = value.dropLast(delimiter.count + 1)
        guard let name = String(validating: text, as: UTF8.self), !name.isEmpty else {
            throw MultipartError(message: "the part 'model' is empty, or not UTF-8")
        }
        model = Model(name: name, range: valueStart..<valueStart + text.count)
    }

    // MARK: Heads

    private mutating func takeHead(_ byte: UInt8) throws(MultipartError) {
        head.append(byte)
        guard head.count <= Self.maxHeadBytes else {
            throw MultipartError(message: "the head of a part is longer than \(Self.maxHeadBytes) bytes")
        }
        guard byte == HTTPSyntax.lineFeed else {
            guard lastByte != HTTPSyntax.carriageReturn || head.count == 1 else {
                throw MultipartError(message: "a line of a part's head has a CR without LF")
            }
            return
        }
        guard lastByte == HTTPSyntax.carriageReturn, head.count > 1 else {
            throw MultipartError(message: "a line of a part's head does not end with CR and LF")
        }
        guard head.count == 2 || head.suffix(4).elementsEqual("\r\n\r\n".utf8) else { return }
        let isModel = try MultipartHead(head).isModel
        if isModel {
            guard model == nil else { throw MultipartError(message: "the part 'model' comes more than once") }
            value = []
            valueStart = position + 1
        }
        isAfterReturn = true
        // The CR and LF behind the head may begin the delimiter of an empty part.
        state = .content(matched: isModel ? 0 : 1)
    }
}
