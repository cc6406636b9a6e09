import Upstreams

extension ConfigType<Secret> {
    /// A Redis server's URL, which may hold a password.
    static var redisURL: Self {
        secretOrText(
            "a redis://, rediss:// or unix: URL", pattern: "^(rediss?://[^\\s?#]+|unix:/[^\\s]+)$",
            isValid: { (try? RedisSettings(url: $0)) != nil })
    }

    /// A password from elsewhere; never one that stands in the file.
    static var redisPassword: Self {
        Self(
            shape: { .oneOf(SecretSource.shapes) }, placeholder: Secret(""),
            read: { place in
                guard let member = SecretSource.member(place, among: ["env", "file"]) else { return nil }
                return SecretSource.resolve(member, in: place)
            })
    }
}

extension ConfigType<RedisAddress> {
    /// A Sentinel's host, perhaps with its port.
    static var redisAddress: Self {
        parsed(
            "a host, perhaps with :PORT", pattern: "^[^\\s/@?#]+$", placeholder: .tcp(host: "", port: 26_379),
            json: { .string($0.description) }, parse: { RedisAddress($0, defaultPort: 26_379) })
    }
}

extension ConfigType<String> {
    /// What keys begin with: visible ASCII without braces, which would make all keys of a cluster share a slot.
    static var redisPrefix: Self {
        parsed(
            "visible ASCII without spaces and braces", pattern: "^[!-z|~]*$", placeholder: "", json: { .string($0) },
            parse: { text in
                text.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x7B && $0 != 0x7D } ? text : nil
            })
    }
}
