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
        let members = Members(request.document.root)
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
            bodyUser: members.user, bodyUserID: asked.callers.user ?? members.userID,
            bodyClientID: asked.callers.client ?? members.clientID, promptTokens: promptTokens,
            // Only chats are answered in tokens.
            maxOutputTokens: request.operation == .chat ? members.maxOutputTokens : 0,
            choices: request.operation == .chat ? members.choices : 1)
    }

    private static func text(_ bytes: RawSpan) -> String {
        unsafe bytes.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
    }
}

/// What policies may know of a body, read in one pass. Of a member that comes more than once the last counts.
private struct Members {
    private(set) var user: String?
    private(set) var userID: String?
    private(set) var clientID: String?
    private(set) var choices = 1
    var maxOutputTokens: Int? { maxCompletionTokens ?? maxTokens }
    private var maxCompletionTokens: Int?
    private var maxTokens: Int?

    init(_ root: JSONValue) {
        for member in root.members {
            if member.hasKey("user") {
                user = Self.text(member.value)
            } else if member.hasKey("user_id") {
                userID = Self.text(member.value)
            } else if member.hasKey("client_id") {
                clientID = Self.text(member.value)
            } else if member.hasKey("n") {
                choices = member.value.int ?? 1
            } else if member.hasKey("max_completion_tokens") {
                maxCompletionTokens = member.value.int
            } else if member.hasKey("max_tokens") {
                maxTokens = member.value.int
            }
        }
    }

    /// A name given as text or as a number.
    private static func text(_ value: JSONValue) -> String? { value.string ?? value.int.map { String($0) } }
}
