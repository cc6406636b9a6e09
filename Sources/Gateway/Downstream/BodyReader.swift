import Upstreams

/// The body of one request: finds its parts in what comes, holds it to its bound, and gathers those that are to be taken
/// whole.
///
/// Keeps nothing of a part that is not gathered. After an error it is not used again.
struct BodyReader: ~Copyable {
    private var decoder: BodyDecoder
    private let limit: Int
    private var gathered = ByteBuffer()
    /// Bytes that have been found.
    private(set) var count = 0

    /// No body.
    init() { self.init(.none, atMost: 0) }

    init(_ framing: BodyFraming, atMost limit: Int) {
        decoder = BodyDecoder(framing)
        self.limit = limit
    }

    /// Whether all of it has been found.
    var isComplete: Bool { decoder.isComplete }

    /// Looks for the next part in `bytes`, from `offset` on, which it moves behind what is done with; nil: the bytes are
    /// used up, or the body is complete.
    mutating func next(in bytes: RawSpan, from offset: inout Int) throws(APIError) -> Range<Int>? {
        let step: BodyDecoder.Step
        do {
            step = try decoder.decode(bytes, from: offset)
        } catch {
            throw APIError(error)
        }
        switch step {
        case .bytes(let part, let next):
            offset = next
            count += part.count
            guard count <= limit else { throw .bodyTooLarge(limit: limit) }
            return part
        case .needMore(let next), .end(let next):
            offset = next
            return nil
        }
    }

    mutating func gather(_ part: RawSpan) { gathered.append(part) }

    /// What was gathered, which is no longer here.
    mutating func takeWhole() -> ByteBuffer { exchange(&gathered, with: ByteBuffer()) }
}
