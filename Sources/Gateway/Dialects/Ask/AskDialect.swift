import Upstreams

/// `POST /v1/ask` (API page, ask dialect): a question with its history, asked for a client and a user, and answered as
/// OpenAI does.
struct AskDialect: Dialect {
    let name = "ask"
    private let settings: AskDialectConfiguration
    private let encoder: ChatEncoder

    private static let guarded: [StaticString] = [
        "question", "history", "client_id", "user_id", "product_id", "stream",
    ]

    private static let roles = ["user", "assistant", "system", "developer"]

    init(_ settings: AskDialectConfiguration) {
        self.settings = settings
        encoder = ChatEncoder(hasDoneMarker: settings.doneMarker)
    }

    func decode(_ body: JSONDocument, in context: DialectContext) throws(APIError) -> DialectRequest {
        let body = try RequestBody(body, guarding: Self.guarded)
        let question = try body.text("question")
        let history = try history(body)
        let callers = DialectRequest.CallerIDs(client: try id("client_id", body), user: try id("user_id", body))
        if body["product_id"] != nil { _ = try id("product_id", body) }
        let isStream = try body.flag("stream", default: false)
        let request = try CompletionRequest.make(model: settings.model, isStream: isStream, in: context) {
            if let system = settings.system { $0.message(role: "system", system) }
            for turn in history { $0.message(role: turn.role, turn.content) }
            $0.message(role: "user", question)
        }
        return DialectRequest(completion: request, encoder: encoder, callers: callers)
    }

    private func history(_ body: RequestBody) throws(APIError) -> [(role: String, content: JSONValue)] {
        guard let history = body["history"] else { return [] }
        guard history.kind == .array else {
            throw .invalid("'history' must be an array of messages.", param: "history", code: "invalid_type")
        }
        var turns: [(role: String, content: JSONValue)] = []
        for turn in history.elements {
            let place = "history[\(turns.count)]"
            guard turn.kind == .object else {
                throw .invalid("'\(place)' must be an object.", param: place, code: "invalid_type")
            }
            guard let role = turn["role"]?.string, Self.roles.contains(role) else {
                throw .invalid(
                    "'\(place).role' must be one of \(Self.roles.joined(separator: ", ")).", param: "\(place).role")
            }
            guard let content = turn["content"], content.kind == .string || content.kind == .array else {
                throw .invalid(
                    "'\(place).content' must be a string or an array of parts.", param: "\(place).content",
                    code: "invalid_type")
            }
            turns.append((role, content))
        }
        return turns
    }

    /// An id as text, whether it was sent as a string or as a whole number.
    private func id(_ name: StaticString, _ body: RequestBody) throws(APIError) -> String {
        guard let value = body[name] else {
            throw .invalid("'\(name)' is missing.", param: name.description, code: "missing_required_parameter")
        }
        guard let id = value.string ?? value.int.map({ String($0) }), !id.isEmpty, id.utf8.count <= settings.maxIDBytes
        else {
            throw .invalid(
                "'\(name)' must be a whole number, or a string of 1 to \(settings.maxIDBytes) bytes.",
                param: name.description, code: "invalid_type")
        }
        return id
    }
}
