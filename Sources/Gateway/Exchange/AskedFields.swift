import Upstreams

/// What a request's body says of its callers and of the answer's length: found in one look at its members, of which the
/// last of a name counts.
struct AskedFields {
    /// Names given as text or as numbers.
    private(set) var user: String?
    private(set) var userID: String?
    private(set) var clientID: String?
    private(set) var choices: Int?
    private(set) var maxTokens: Int?
    private(set) var maxCompletionTokens: Int?

    private enum Field: Int {
        case user, userID, clientID, choices, maxTokens, maxCompletionTokens

        static let names: [StaticString] = [
            "user", "user_id", "client_id", "n", "max_tokens", "max_completion_tokens",
        ]
    }

    init(_ root: JSONValue) {
        root.forEachMember(among: Field.names) { name, value in
            switch name.flatMap(Field.init) {
            case .user: user = Self.text(value)
            case .userID: userID = Self.text(value)
            case .clientID: clientID = Self.text(value)
            case .choices: choices = value.int
            case .maxTokens: maxTokens = value.int
            case .maxCompletionTokens: maxCompletionTokens = value.int
            case nil: break
            }
        }
    }

    private static func text(_ value: JSONValue) -> String? { value.string ?? value.int.map { String($0) } }
}
