import Upstreams

/// The head of one request: a copy of its bytes and a table of where things are in them.
///
/// Owns the copy, so that the connection's buffer can move on. One value serves all requests of a connection, one
/// after the other, and keeps its memory: in steady state a request allocates nothing here. Filled by
/// `RequestParser` alone. Names to look up are given in lower case.
struct RequestHead {
    /// One field line, as ranges in `bytes`.
    struct Field: Equatable, Sendable {
        var name: Range<Int>
        /// Without the blanks around it.
        var value: Range<Int>
    }

    /// From the first byte that the parser was shown to the empty line, which is the last.
    private(set) var bytes: [UInt8] = []
    private(set) var fields: [Field] = []

    var method = HTTPMethod.other
    var methodName = 0..<0
    var target = RequestTarget()
    /// 0 or 1: the request is HTTP/1.0 or HTTP/1.1.
    var minorVersion = 1
    /// The client allows another request on this connection.
    var keepAlive = false
    var body = BodyFraming.none
    /// The client waits for `100 Continue` before it sends the body.
    var expectsContinue = false
    /// `upgrade` is given and named by `connection`; to what, `value(of: "upgrade")` says.
    var wantsUpgrade = false
    /// Host and port, of the target if it names them, else of the `host` field; empty if neither does (HTTP/1.0).
    var host = 0..<0

    // MARK: Filling

    mutating func removeAll(keepingCapacity: Bool) {
        bytes.removeAll(keepingCapacity: keepingCapacity)
        fields.removeAll(keepingCapacity: keepingCapacity)
    }

    mutating func append(_ field: Field) { fields.append(field) }

    /// Takes the bytes to which all ranges refer.
    mutating func take(_ head: RawSpan) {
        unsafe head.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
    }

    // MARK: Reading

    /// A view of all bytes, valid during `body` only.
    @inline(__always)
    func withBytes<R, E: Error>(_ body: (RawSpan) throws(E) -> R) throws(E) -> R {
        // A byte has no padding, which is what a span of unknown elements is distrusted for.
        try unsafe body(bytes.span.bytes)
    }

    /// A view of some of the bytes, valid during `body` only.
    @inline(__always)
    func withBytes<R, E: Error>(in range: Range<Int>, _ body: (RawSpan) throws(E) -> R) throws(E) -> R {
        try withBytes { (span) throws(E) in try body(span.extracting(range)) }
    }

    /// Some of the bytes as text; what is not UTF-8 becomes U+FFFD.
    func string(in range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    // MARK: Fields

    /// Where the value of the first field of that name is.
    func range(of name: StaticString) -> Range<Int>? {
        withBytes { span in
            for index in fields.indices where span.equals(ignoringCase: name, in: fields[index].name) {
                return fields[index].value
            }
            return nil
        }
    }

    func has(_ name: StaticString) -> Bool { range(of: name) != nil }

    /// The value of the first field of that name.
    func value(of name: StaticString) -> String? { range(of: name).map(string(in:)) }

    /// The values of all fields of that name, in order.
    func values(of name: StaticString) -> [String] {
        withBytes { span in
            fields.filter { span.equals(ignoringCase: name, in: $0.name) }.map { string(in: $0.value) }
        }
    }

    /// Shows the bytes of the first field of that name to `body`; nil without calling it if there is none.
    func withValue<R, E: Error>(of name: StaticString, _ body: (RawSpan) throws(E) -> R) throws(E) -> R? {
        guard let range = range(of: name) else { return nil }
        return try withBytes(in: range, body)
    }

    /// True when the first field of that name has this value, letters of either case being the same.
    func value(of name: StaticString, equals lowercase: StaticString) -> Bool {
        guard let range = range(of: name) else { return false }
        return withBytes { $0.equals(ignoringCase: lowercase, in: range) }
    }

    /// Shows every field to `body`, in order, for relaying those that an allow-list names.
    func forEachField<E: Error>(_ body: (_ name: RawSpan, _ value: RawSpan) throws(E) -> Void) throws(E) {
        try withBytes { (span) throws(E) in
            for field in fields { try body(span.extracting(field.name), span.extracting(field.value)) }
        }
    }
}
