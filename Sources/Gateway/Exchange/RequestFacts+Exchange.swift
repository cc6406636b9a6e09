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
        let root = request.document.root
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
            bodyUser: Self.text(root["user"]), bodyUserID: asked.callers.user ?? Self.text(root["user_id"]),
            bodyClientID: asked.callers.client ?? Self.text(root["client_id"]), promptTokens: promptTokens,
            maxOutputTokens: Self.maxOutputTokens(request),
            choices: request.operation == .chat ? root["n"]?.int ?? 1 : 1)
    }

    /// Only chats are answered in tokens.
    private static func maxOutputTokens(_ request: CompletionRequest) -> Int? {
        guard request.operation == .chat else { return 0 }
        let root = request.document.root
        return root["max_completion_tokens"]?.int ?? root["max_tokens"]?.int
    }

    private static func text(_ bytes: RawSpan) -> String {
        unsafe bytes.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
    }

    /// A name given as text or as a number.
    private static func text(_ value: JSONValue?) -> String? {
        value?.string ?? value?.int.map { String($0) }
    }
}
