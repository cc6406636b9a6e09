/// What the headers of a message in Amazon's framing say of its payload.
struct AmazonEventName {
    /// `event`, `exception` or `error`.
    private(set) var kind = ""
    /// The event's type, the exception's, or the code of the error.
    private(set) var type = ""
    /// What an error says of itself; it has no payload.
    private(set) var message = ""

    /// Bytes of values by their type (0 and 1 are true and false); nil: a length of two bytes goes before them.
    private static let sizes: [Int?] = [0, 0, 1, 2, 4, 8, nil, nil, 8, 16]
    private static let string = 7

    /// nil: the headers end in the midst of one, or have a type that there is not.
    init?(_ headers: RawSpan) {
        var place = 0
        func take(_ count: Int) -> Range<Int>? {
            guard headers.byteCount - place >= count else { return nil }
            defer { place += count }
            return place..<place + count
        }
        while place < headers.byteCount {
            guard let length = take(1), let name = take(Int(headers.byte(at: length.lowerBound))), let kind = take(1)
            else { return nil }
            let type = Int(headers.byte(at: kind.lowerBound))
            guard Self.sizes.indices.contains(type) else { return nil }
            var size = Self.sizes[type]
            if size == nil, let length = take(2) {
                size = Int(headers.byte(at: length.lowerBound)) << 8 | Int(headers.byte(at: length.lowerBound + 1))
            }
            guard let size, let value = take(size) else { return nil }
            if type == Self.string { note(headers.extracting(name), headers.extracting(value)) }
        }
    }

    private mutating func note(_ name: RawSpan, _ value: RawSpan) {
        if name.equals(":message-type") {
            kind = value.text
        } else if name.equals(":event-type") || name.equals(":exception-type") || name.equals(":error-code") {
            type = value.text
        } else if name.equals(":error-message") {
            message = value.text
        }
    }
}
