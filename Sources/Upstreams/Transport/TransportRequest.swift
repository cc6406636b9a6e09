/// One HTTP call to a provider, ready to be sent.
package struct TransportRequest: ~Copyable {
    package enum Method: String, CaseIterable, Sendable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"

        /// Whether a request of this method has a body.
        package var hasBody: Bool { self == .post || self == .put || self == .patch }
    }

    package var method = Method.post
    /// Path below the provider's base URL, beginning with a slash.
    package var path: String
    /// Header fields beyond those that the transport always sends (see `HTTPTransportSettings.fields`).
    package var fields: [HTTPField]
    /// The whole body, unless `pipe` brings it; ignored for methods that have none.
    package var body: ByteBuffer
    /// Of the body; nil: JSON.
    package var contentType: String?
    /// Brings the body as it comes; nil: `body` is all of it. Such a request is sent once, on a fresh connection.
    package var pipe: BodyPipe?

    package init(path: String, fields: [HTTPField], body: consuming ByteBuffer) {
        self.path = path
        self.fields = fields
        self.body = body
    }
}

/// One header field. The value holds no CR, LF or NUL; whoever makes one from foreign text checks that.
package struct HTTPField: Sendable, Hashable {
    package var name: String
    package var value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}
