import Upstreams

/// Where clients put their key.
enum Credentials {
    /// The key of a request: `authorization: Bearer`, else `x-api-key`, else `api-key`; nil if there is none.
    static func key(in head: RequestHead) -> String? {
        if let range = head.range(of: "authorization") {
            let value = head.string(in: range)
            let scheme = value.prefix { $0 != " " }
            guard scheme.lowercased() == "bearer" else { return nil }
            let key = value.dropFirst(scheme.count).drop { $0 == " " }
            return key.isEmpty ? nil : String(key)
        }
        let key = head.value(of: "x-api-key") ?? head.value(of: "api-key")
        return key?.isEmpty == true ? nil : key
    }
}
