/// Why bytes of a peer are not a message that can be used. The connection closes.
package struct HTTPParseError: Error, Equatable {
    /// What a server answers to it: 400, 408, 414, 417, 431, 501 or 505.
    package let status: HTTPStatus
    /// What was wrong, as a sentence without a full stop; never holds the peer's bytes.
    package let message: String

    package init(_ status: HTTPStatus, _ message: String) {
        self.status = status
        self.message = message
    }

    package static func malformed(_ message: String) -> Self { Self(.badRequest, message) }
}
