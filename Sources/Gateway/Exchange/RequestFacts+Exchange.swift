import Policies
import Upstreams

extension RequestFacts {
    /// What policies may know of a request. `headers`: names in lower case of the fields that any of them asks for.
    /// `promptTokens`: 0 where nothing asks for them.
    convenience init(
        _ exchange: Exchange, _ request: CompletionRequest, _ callers: DialectRequest.CallerIDs,
        headers names: Set<String>, promptTokens: Int
    ) {
        self.init(
            request, callers, path: exchange.entry.path, in: exchange.entry.dialect, exchange.identity,
            address: exchange.entry.clientAddress, promptTokens: promptTokens,
            headers: names.isEmpty ? [:] : exchange.connection.head.values(of: names))
    }

    /// `path`: of the head, as sent.
    convenience init(
        _ request: CompletionRequest, _ callers: DialectRequest.CallerIDs, path: String, in dialect: String,
        _ identity: Identity, address: String, promptTokens: Int, headers: [String: String]
    ) {
        let fields = AskedFields(request.document.root)
        let isChat = request.operation == .chat
        self.init(
            dialect: dialect, path: path.hasPrefix("/api/") ? String(path.dropFirst(4)) : path, model: request.model,
            identity: identity, address: address, isStream: request.isStream, headers: headers,
            bodyUser: fields.user, bodyUserID: callers.user ?? fields.userID,
            bodyClientID: callers.client ?? fields.clientID, promptTokens: promptTokens,
            // Only chats are answered in tokens.
            maxOutputTokens: isChat ? fields.maxCompletionTokens ?? fields.maxTokens : 0,
            choices: isChat ? fields.choices ?? 1 : 1)
    }
}

extension RequestHead {
    /// The values of the fields of these names, in lower case, the first of a name.
    func values(of names: Set<String>) -> [String: String] {
        func text(_ bytes: RawSpan) -> String {
            unsafe bytes.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
        }
        var values: [String: String] = [:]
        forEachField { name, value in
            let name = text(name).lowercased()
            if names.contains(name), values[name] == nil { values[name] = text(value) }
        }
        return values
    }
}
