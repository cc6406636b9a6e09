/// Cuts a stream in Amazon's binary framing into messages (docs.aws.amazon.com, "Event stream encoding").
///
/// A message: its length, the length of its headers, a CRC-32 of these two, headers, payload, a CRC-32 of all before it;
/// numbers have four bytes, the highest first. Owns the bytes of a message that is not whole yet.
struct AmazonEventParser: ~Copyable {
    private let maxEventBytes: Int
    private var held = ByteBuffer()

    private static let prelude = 12
    private static let check = 4

    /// `maxEventBytes`: of a whole message.
    init(maxEventBytes: Int) { self.maxEventBytes = maxEventBytes }

    /// Nothing of a message waits for its rest.
    var isEmpty: Bool { held.isEmpty }

    mutating func feed(_ bytes: RawSpan) { held.append(bytes) }

    /// The next whole message; nil: more bytes are needed.
    mutating func next() throws(UpstreamError) -> AmazonEvent? {
        guard held.count >= Self.prelude else { return nil }
        let (total, headers) = try lengths()
        guard held.count >= total else { return nil }
        var payload = ByteBuffer()
        let name = try held.withBytes { (held) throws(UpstreamError) -> AmazonEventName in
            let end = total - Self.check
            let start = Self.prelude + headers
            guard CRC32.of(held.extracting(0..<end)) == held.bigEndian(at: end),
                let name = AmazonEventName(held.extracting(Self.prelude..<start))
            else { throw Self.damaged }
            payload.append(held.extracting(start..<end))
            return name
        }
        held.removeFirst(total)
        return AmazonEvent(name: name, payload: payload)
    }

    /// Of the message at the front, and of its headers; both were checked.
    private func lengths() throws(UpstreamError) -> (total: Int, headers: Int) {
        try held.withBytes { (held) throws(UpstreamError) in
            guard CRC32.of(held.extracting(0..<8)) == held.bigEndian(at: 8) else { throw Self.damaged }
            let (total, headers) = (Int(held.bigEndian(at: 0)), Int(held.bigEndian(at: 4)))
            guard total <= maxEventBytes else {
                throw UpstreamError(.oversized, "The provider sent an event above the size bound.")
            }
            guard headers <= total - Self.prelude - Self.check else { throw Self.damaged }
            return (total, headers)
        }
    }

    private static var damaged: UpstreamError {
        UpstreamError(.malformed, "The provider sent an event whose framing is damaged.")
    }
}

extension RawSpan {
    /// Four bytes, the highest first.
    func bigEndian(at offset: Int) -> UInt32 {
        var value: UInt32 = 0
        for place in offset..<offset + 4 { value = value << 8 | UInt32(byte(at: place)) }
        return value
    }
}
