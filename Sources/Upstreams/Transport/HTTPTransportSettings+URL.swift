extension HTTPTransportSettings {
    package var isSecure: Bool { baseURL.hasPrefix("https:") }

    /// Whether the gateway's own HTTP/1.1 is the way to this provider: where HTTP/2 cannot be, and no proxy stands
    /// between that would have to be spoken to in its own form.
    package var suitsHTTP1: Bool {
        switch version {
        case .automatic: !isSecure && proxy == nil
        case .http1: isSecure || proxy == nil
        case .http2: false
        }
    }

    /// Host and port of the base URL, as the `host` field has them, and its path.
    package var baseURLParts: (authority: String, path: String) {
        let rest = baseURL.drop { $0 != "/" }.drop { $0 == "/" }
        let authority = rest.prefix { $0 != "/" }
        return (String(authority), String(rest.dropFirst(authority.count)))
    }
}
