import Upstreams

/// A request method (RFC 9110 section 9, RFC 5789). Names are case-sensitive.
enum HTTPMethod: UInt8, Sendable {
    case get, head, post, put, patch, delete, options, trace, connect
    /// A well-formed name that is none of these; `RequestHead.methodName` has it.
    case other

    /// How many cases there are.
    static let count = Int(HTTPMethod.other.rawValue) + 1

    /// As it is written; `_OTHER` for those that are none of these, as the OpenTelemetry conventions have it.
    var name: StaticString {
        switch self {
        case .get: "GET"
        case .head: "HEAD"
        case .post: "POST"
        case .put: "PUT"
        case .patch: "PATCH"
        case .delete: "DELETE"
        case .options: "OPTIONS"
        case .trace: "TRACE"
        case .connect: "CONNECT"
        case .other: "_OTHER"
        }
    }

    /// The method named by the bytes in `range`, which are a token.
    init(_ bytes: RawSpan, in range: Range<Int>) {
        switch range.count {
        case 3 where bytes.equals("GET", in: range): self = .get
        case 3 where bytes.equals("PUT", in: range): self = .put
        case 4 where bytes.equals("POST", in: range): self = .post
        case 4 where bytes.equals("HEAD", in: range): self = .head
        case 5 where bytes.equals("PATCH", in: range): self = .patch
        case 5 where bytes.equals("TRACE", in: range): self = .trace
        case 6 where bytes.equals("DELETE", in: range): self = .delete
        case 7 where bytes.equals("OPTIONS", in: range): self = .options
        case 7 where bytes.equals("CONNECT", in: range): self = .connect
        default: self = .other
        }
    }
}
