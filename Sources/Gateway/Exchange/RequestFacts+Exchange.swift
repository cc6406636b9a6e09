import Policies
import Upstreams

extension RequestFacts {
    /// What policies may know of a request. `headers`: names in lower case of the fields that any of them asks for.
    /// `promptTokens`: 0 where nothing asks for them.
    convenience init(_ exchange: Exchange, _ asked: DialectRequest, headers names: Set<String>, promptTokens: Int) {
        self.init(
            exchange.connection.head, asked, in: exchange.entry.dialect, exchange.identity,
            address: exchange.entry.clientAddress, promptTokens: promptTokens, headers: names)
    }

    convenience init(
        _ head: RequestHead, _ asked: DialectRequest, in dialect: String, _ identity: Identity, address: String,
        promptTokens: Int, headers names: Set<String>
    ) {
        let request = asked.completion
        let body = request.document.root.members(named: Self.bodyMembers)
        let isChat = request.operation == .chat
        var headers: [String: String] = [:]
        if !names.isEmpty {
            head.forEachField { name, value in
                let name = Self.text(name).lowercased()
                if names.contains(name), headers[name] == nil { headers[name] = Self.text(value) }
            }
        }
        let path = head.path
        self.init(
            dialect: dialect, path: path.hasPrefix("/api/") ? String(path.dropFirst(4)) : path, model: request.model,
            identity: identity, address: address, isStream: request.isStream, headers: headers,
            bodyUser: Self.text(body[0]), bodyUserID: asked.callers.user ?? Self.text(body[1]),
            bodyClientID: asked.callers.client ?? Self.text(body[2]), promptTokens: promptTokens,
            // Only chats are answered in tokens.
            maxOutputTokens: isChat ? body[3]?.int ?? body[4]?.int : 0, choices: isChat ? body[5]?.int ?? 1 : 1)
    }

    private static let bodyMembers: InlineArray<6, StaticString> = [
        "user", "user_id", "client_id", "max_completion_tokens", "max_tokens", "n",
    ]

    private static func text(_ bytes: RawSpan) -> String {
        unsafe bytes.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
    }

    /// A name given as text or as a number.
    private static func text(_ value: JSONValue?) -> String? {
        value?.string ?? value?.int.map { String($0) }
    }
}
