/// Whose counter a limit uses: the part of a request that tells one subject from another.
package enum LimitSubject: Hashable, Sendable {
    case user, key, team, model, ip
    /// The value of a header field; the name in lower case.
    case header(String)
    /// The body's `user`, `user_id` and `client_id`.
    case bodyUser, bodyUserID, bodyClientID
    /// All requests together.
    case global

    /// Bytes of a subject that count: longer ones are told apart by their beginning alone.
    static let maxBytes = 256

    private static let plain: [(String, LimitSubject)] = [
        ("user", .user), ("key", .key), ("team", .team), ("model", .model), ("ip", .ip), ("body_user", .bodyUser),
        ("body_user_id", .bodyUserID), ("body_client_id", .bodyClientID), ("global", .global),
    ]

    /// The words of the configuration, `header:NAME` aside.
    package static let words = plain.map(\.0)

    /// Reads one of `words`, or `header:NAME` in any case; nil for anything else.
    package init?(_ text: String) {
        if let known = Self.plain.first(where: { $0.0 == text }) {
            self = known.1
            return
        }
        guard text.hasPrefix("header:"), text.utf8.count > 7 else { return nil }
        self = .header(text.dropFirst(7).lowercased())
    }

    /// As the configuration writes it.
    package var text: String {
        if case .header(let name) = self { return "header:\(name)" }
        return Self.plain.first { $0.1 == self }?.0 ?? ""
    }

    /// The subject of a request. Requests that do not tell theirs share the empty one.
    package func value(in facts: RequestFacts) -> String {
        let value =
            switch self {
            case .user: facts.identity.user
            case .key: facts.identity.keyID
            case .team: facts.identity.team
            case .model: facts.model
            case .ip: facts.address
            case .header(let name): facts.headers[name]
            case .bodyUser: facts.bodyUser
            case .bodyUserID: facts.bodyUserID
            case .bodyClientID: facts.bodyClientID
            case .global: ""
            }
        guard let value else { return "" }
        return value.utf8.count <= Self.maxBytes
            ? value : String(decoding: value.utf8.prefix(Self.maxBytes), as: UTF8.self)
    }

    /// The subject in a message: `user alice`, `all requests together`.
    func phrase(_ value: String) -> String {
        if self == .global { return "all requests together" }
        let kind =
            switch self {
            case .bodyUser: "user"
            case .bodyUserID: "user_id"
            case .bodyClientID: "client_id"
            case .header(let name): name
            default: text
            }
        return value.isEmpty ? "requests without \(kind)" : "\(kind) \(value)"
    }
}
