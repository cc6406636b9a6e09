/// A status code (RFC 9110 section 15, RFC 6585) and the reason phrase that goes with it.
package struct HTTPStatus: Hashable, Sendable {
    /// 100 to 599.
    package let code: Int

    package init(_ code: Int) {
        precondition(code >= 100 && code <= 599, "not a status code")
        self.code = code
    }

    package static let switchingProtocols = Self(101)
    package static let ok = Self(200)
    package static let created = Self(201)
    package static let accepted = Self(202)
    package static let noContent = Self(204)
    package static let seeOther = Self(303)
    package static let notModified = Self(304)
    package static let badRequest = Self(400)
    package static let unauthorized = Self(401)
    package static let forbidden = Self(403)
    package static let notFound = Self(404)
    package static let methodNotAllowed = Self(405)
    package static let requestTimeout = Self(408)
    package static let conflict = Self(409)
    package static let contentTooLarge = Self(413)
    package static let uriTooLong = Self(414)
    package static let unsupportedMediaType = Self(415)
    package static let expectationFailed = Self(417)
    package static let upgradeRequired = Self(426)
    package static let tooManyRequests = Self(429)
    package static let fieldsTooLarge = Self(431)
    package static let internalServerError = Self(500)
    package static let notImplemented = Self(501)
    package static let badGateway = Self(502)
    package static let serviceUnavailable = Self(503)
    package static let gatewayTimeout = Self(504)
    package static let versionNotSupported = Self(505)

    /// False for 1xx, 204 and 304, whose responses end with their head (RFC 9112 section 6.3).
    package var allowsBody: Bool { code >= 200 && code != 204 && code != 304 }

    /// Empty for a code without a well-known phrase, as the grammar allows.
    package var reason: StaticString {
        switch code {
        case 100: "Continue"
        case 101: "Switching Protocols"
        case 200: "OK"
        case 201: "Created"
        case 202: "Accepted"
        case 204: "No Content"
        case 206: "Partial Content"
        case 301: "Moved Permanently"
        case 302: "Found"
        case 303: "See Other"
        case 304: "Not Modified"
        case 307: "Temporary Redirect"
        case 308: "Permanent Redirect"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 402: "Payment Required"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 406: "Not Acceptable"
        case 408: "Request Timeout"
        case 409: "Conflict"
        case 410: "Gone"
        case 411: "Length Required"
        case 412: "Precondition Failed"
        case 413: "Content Too Large"
        case 414: "URI Too Long"
        case 415: "Unsupported Media Type"
        case 417: "Expectation Failed"
        case 422: "Unprocessable Content"
        case 424: "Failed Dependency"
        case 426: "Upgrade Required"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        case 499: "Client Closed Request"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 502: "Bad Gateway"
        case 503: "Service Unavailable"
        case 504: "Gateway Timeout"
        case 505: "HTTP Version Not Supported"
        default: ""
        }
    }
}
