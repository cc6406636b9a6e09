/// Values that are named in the configuration and kept elsewhere: `{ "env": NAME }` or `{ "file": PATH }`.
enum SecretSource {
    /// Bytes that a secret's file may have.
    private static let limit = 65_536

    static let shapes: [ConfigShape] = [
        .object([
            ConfigField(
                name: "env", doc: "Name of the environment variable that holds the value.",
                shape: .string(pattern: "^[^=]+$", meaning: "the name of an environment variable"),
                presence: .required, example: .string("OPENAI_API_KEY"))
        ]),
        .object([
            ConfigField(
                name: "file", doc: "File that holds the value; a line end after it is dropped.",
                shape: .string(pattern: "^.+$", meaning: "the path of a file"), presence: .required,
                example: .string("/run/secrets/openai"))
        ]),
    ]

    static let clientShape = ConfigShape.object([
        ConfigField(
            name: "from", doc: "The caller's own key is passed on.", shape: .choice(["client"]), presence: .required,
            example: nil)
    ])

    /// The one member of a secret's object, if its name is among `names`; else reports what is expected.
    static func member(_ place: ConfigPlace, among names: [String]) -> ConfigMember? {
        let forms = names.map { name in
            switch name {
            case "env": "{ \"env\": NAME }"
            case "file": "{ \"file\": PATH }"
            default: "{ \"from\": \"client\" }"
            }
        }
        guard case .object(let members) = place.node.value, members.count == 1, let member = members.first else {
            place.report("expected \(forms.joined(separator: " or ")), found \(place.node.discreetSummary)")
            return nil
        }
        guard names.contains(member.name) else {
            let hint = Suggestion.phrase(for: member.name, among: names)
            place.context.report(
                "unknown key\(hint); expected \(forms.joined(separator: " or "))", offset: member.nameOffset,
                path: ConfigPlace.path(place.path, member.name))
            return nil
        }
        return member
    }

    /// The value that an `env` or `file` member names.
    static func resolve(_ member: ConfigMember, in place: ConfigPlace) -> Secret? {
        let source = place.member(member)
        guard let name = ConfigType<String>.string().read(source) else { return nil }
        guard let value = member.name == "env" ? variable(name, source) : content(name, source) else { return nil }
        guard !value.isEmpty, value.utf8.allSatisfy({ (0x21...0x7E).contains($0) || $0 == 0x20 }) else {
            source.report("\(name.quoted) holds no value that a header can carry: visible ASCII is expected")
            return nil
        }
        return Secret(value)
    }

    private static func variable(_ name: String, _ place: ConfigPlace) -> String? {
        if let value = place.context.environment(name) { return value }
        place.report("the environment variable \(name.quoted) is not set")
        return nil
    }

    private static func content(_ name: String, _ place: ConfigPlace) -> String? {
        let file = place.context.resolve(name)
        place.context.note(file)
        do {
            var bytes = try FileAccess.read(file, limit: limit)
            while let last = bytes.last, last == 0x0A || last == 0x0D { bytes.removeLast() }
            return String(decoding: bytes, as: UTF8.self)
        } catch {
            place.report("cannot read \(file.quoted): \(error.reason)")
            return nil
        }
    }
}

extension ConfigType<UpstreamCredential> {
    static var upstreamCredential: Self {
        Self(
            shape: { .oneOf(SecretSource.shapes + [SecretSource.clientShape]) }, placeholder: .none,
            read: { place in
                guard let member = SecretSource.member(place, among: ["env", "file", "from"]) else { return nil }
                if member.name != "from" { return SecretSource.resolve(member, in: place).map { .key($0) } }
                if member.node.string == "client" { return .client }
                place.member(member).reportMismatch(expected: "\"client\"")
                return nil
            })
    }
}

extension ConfigType<Secret> {
    /// A secret, or plain text that `isValid` accepts. Neither is ever shown.
    static func secretOrText(_ meaning: String, pattern: String, isValid: @escaping (String) -> Bool) -> Self {
        Self(
            shape: { .oneOf([.string(pattern: pattern, meaning: meaning)] + SecretSource.shapes) },
            placeholder: Secret(""),
            read: { place in
                if case .object = place.node.value {
                    guard let member = SecretSource.member(place, among: ["env", "file"]) else { return nil }
                    guard let secret = SecretSource.resolve(member, in: place) else { return nil }
                    if isValid(secret.exposed) { return secret }
                    place.member(member).report("what it names is not \(meaning)")
                    return nil
                }
                if let text = place.node.string, isValid(text) { return Secret(text) }
                place.report("expected \(meaning) or a secret, found \(place.node.discreetSummary)")
                return nil
            })
    }

    static var proxyURL: Self {
        secretOrText(
            "a proxy's URL (http, https, socks5 or socks5h)", pattern: "^(https?|socks5h?)://[^\\s/?#]+/?$",
            isValid: { URLSyntax($0, schemes: ["http", "https", "socks5", "socks5h"], allowsUser: true)?.path == "" })
    }
}
