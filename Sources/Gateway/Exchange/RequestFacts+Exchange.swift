import Policies
import Upstreams

extension RequestFacts {
    /// What policies may know of a request. `headers`: names in lower case of the fields that any of them asks for.
    /// `promptTokens`: 0 where nothing asks for them.
    convenience init(_ exchange: Exchange, _ asked: DialectRequest, headers names: Set<String>, promptTokens: Int) {
        self.init(
            exchange.connection.head, path: exchange.entry.path, asked, in: exchange.entry.dialect, exchange.identity,
            address: exchange.entry.clientAddress, promptTokens: promptTokens, headers: names)
    }

    /// `path`: of the head, as sent.
    convenience init(
        _ head: RequestHead, path: String, _ asked: DialectRequest, in dialect: String, _ identity: Identity,
        address: String, promptTokens: Int, headers names: Set<String>
    ) {
        let request = asked.completion
        let fields = AskedFields(request.document.root)
        let isChat = request.operation == .chat
        var headers: [String: String] = [:]
        if !names.isEmpty {
            head.forEachField { name, value in
                let name = Self.text(name).lowercased()
                if names.contains(name), headers[name] == nil { headers[name] = Self.text(value) }
            }
        }
        self.init(
            dialect: dialect, path: path.hasPrefix("/api/") ? String(path.dropFirst(4)) : path, model: request.model,
            identity: identity, address: address, isStream: request.isStream, headers: headers,
            bodyUser: fields.user, bodyUserID: asked.callers.user ?? fields.userID,
            bodyClientID: asked.callers.client ?? fields.clientID, promptTokens: promptTokens,
            // Only chats are answered in tokens.
            maxOutputTokens: isChat ? fields.maxCompletionTokens ?? fields.maxTokens : 0,
            choices: isChat ? fields.choices ?? 1 : 1)
    }

    private static func text(_ bytes: RawSpan) -> String {
        unsafe bytes.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
    }
}
