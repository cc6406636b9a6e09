extension ConfigType<String> {
    /// An http or https URL, without slashes at its end.
    static var baseURL: Self {
        parsed(
            "an http or https URL without user, query and fragment", pattern: "^[Hh][Tt][Tt][Pp][Ss]?://[^\\s?#@]+$",
            placeholder: "", json: { .string($0) }
        ) { text in
            URLSyntax(text, schemes: ["http", "https"]).map { "\($0.scheme)://\($0.authority)\($0.path)" }
        }
    }

    /// The path of a request, compared as a whole.
    static var urlPath: Self {
        parsed(
            "a path such as \"/health\"", pattern: "^/[!-~]*$", placeholder: "", json: { .string($0) }
        ) { text in
            let isPath = text.hasPrefix("/") && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
            return isPath && !text.contains("?") && !text.contains("#") ? text : nil
        }
    }

    /// Paths of requests, with `*` for any run of characters.
    static var pathPattern: Self {
        parsed("a path such as \"/v1/chat/*\"", pattern: "^[/*]", placeholder: "", json: { .string($0) }) { text in
            text.hasPrefix("/") || text.hasPrefix("*") ? text : nil
        }
    }

    /// An origin as browsers send it (RFC 6454 section 6.2), or `*`.
    static var origin: Self {
        parsed(
            "an origin such as \"https://chat.example.com\", or \"*\"", pattern: "^(\\*|https?://[^\\s/?#@]+)$",
            placeholder: "", json: { .string($0) }
        ) { text in
            if text == "*" { return text }
            guard !text.hasSuffix("/"), let url = URLSyntax(text, schemes: ["http", "https"]) else { return nil }
            return url.path.isEmpty ? "\(url.scheme)://\(url.authority.lowercased())" : nil
        }
    }

    /// A header's name (a token of RFC 9110 section 5.6.2), in lower case.
    static var headerName: Self {
        parsed(
            "a header's name", pattern: "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$", placeholder: "", json: { .string($0) },
            parse: HeaderSyntax.name)
    }
}

extension ConfigType<[UpstreamHeader]> {
    /// An object of header names and their values, for an upstream, whose key the gateway shows.
    static var headers: Self { headers(maySay: []) }

    /// The same for a service to which the gateway shows nothing by itself: its credentials stand here.
    static var headersWithCredentials: Self { headers(maySay: ["authorization"]) }

    /// `maySay`: what may be among them, although an upstream's may not.
    private static func headers(maySay: Set<String>) -> Self {
        let value = ConfigType<Secret>.secretOrText(
            "a header's value of visible ASCII", pattern: "^[ -~]+$", isValid: HeaderSyntax.isValue)
        let map = ConfigType<[(name: String, value: Secret)]>.map(of: value)
        return Self(
            shape: map.shape, placeholder: [], json: { $0.isEmpty ? .object([]) : nil },
            read: { place in
                guard case .object(let members) = place.node.value else { return map.read(place).map { _ in [] } }
                var seen: Set<String> = []
                for member in members { HeaderSyntax.check(member, of: place, maySay, seen: &seen) }
                return map.read(place)?.map { UpstreamHeader(name: $0.name.lowercased(), value: $0.value) }
            })
    }
}
