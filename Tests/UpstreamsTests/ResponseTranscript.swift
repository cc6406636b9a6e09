import Upstreams

/// What the decoder reads from the bytes of one answer, written down so that feeding them in different pieces can be
/// compared. Drives the decoder as a connection would.
struct ResponseTranscript: Equatable {
    enum Ending: Equatable {
        case complete(consumed: Int, keepsConnection: Bool)
        /// The input ended first; `proper`: which is how the answer ends.
        case cut(proper: Bool)
        case refused(HTTPParseError)
    }

    private(set) var heads: [String] = []
    private(set) var body: [UInt8] = []
    private(set) var ending = Ending.cut(proper: false)
    private var decoder = ResponseDecoder()
    private var input: [UInt8] = []
    private var consumed = 0

    /// - Parameter cuts: ascending offsets at which the bytes are fed in separate pieces.
    init(_ bytes: [UInt8], cuts: [Int] = []) {
        do throws(HTTPParseError) {
            var start = 0
            for cut in cuts + [bytes.count] {
                input.append(contentsOf: bytes[start..<cut])
                start = cut
                if try read() { return }
            }
            ending = .cut(proper: decoder.endsWithConnection)
        } catch {
            ending = .refused(error)
        }
    }

    init(_ text: String, cuts: [Int] = []) { self.init(Array(text.utf8), cuts: cuts) }

    /// Reads all that is there; true when the answer is complete.
    private mutating func read() throws(HTTPParseError) -> Bool {
        let input = input
        var offset = 0
        while true {
            switch try unsafe decoder.decode(input.span.bytes, from: offset) {
            case .head(let head, let next):
                heads.append("\(head.status)\n" + String(decoding: head.lines, as: UTF8.self))
                offset = next
            case .bytes(let part, let next):
                body.append(contentsOf: input[part])
                offset = next
            case .needMore(let next):
                consumed += next
                self.input.removeFirst(next)
                return false
            case .end(let next):
                ending = .complete(consumed: consumed + next, keepsConnection: decoder.keepsConnection)
                return true
            }
        }
    }

    static func == (a: Self, b: Self) -> Bool { a.heads == b.heads && a.body == b.body && a.ending == b.ending }
}
