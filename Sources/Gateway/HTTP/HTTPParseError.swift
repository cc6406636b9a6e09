/// Why bytes from a client are not a request that can be served. The connection closes after the answer.
struct HTTPParseError: Error, Equatable {
    /// What to answer: 400, 414, 417, 431, 501 or 505.
    let status: HTTPStatus
    /// What was wrong, as a sentence without a full stop; never holds the client's bytes.
    let message: String

    init(_ status: HTTPStatus, _ message: String) {
        self.status = status
        self.message = message
    }

    static func malformed(_ message: String) -> Self { Self(.badRequest, message) }
}
