import Upstreams

/// A message to an agent, as a client sends it (API page, agent dialect).
struct AgentRequest {
    let message: String
    let resetHistory: Bool
    let parallelTools: Bool
    let agentName: String
    /// Nil: the caller's usual conversation.
    let conversationID: String?
    /// Take the place of the agent's own; nil: they stay.
    let instructions: String?

    private static let guarded: [StaticString] = [
        "message", "question", "reset_history", "parallel_tools", "agent_name", "conversation_id", "instructions",
    ]
    private static let maxNameBytes = 256

    /// From the JSON of a body.
    init(_ body: JSONDocument) throws(APIError) {
        try self.init(RequestBody(body, guarding: Self.guarded))
    }

    init(_ body: RequestBody) throws(APIError) {
        if body["question"] != nil {
            guard body["message"] != nil else {
                throw .invalid(
                    "No questions are answered here; send a 'message'.", param: "question", code: "unsupported")
            }
            throw .invalid("The body must have either 'question' or 'message', not both.", param: "message")
        }
        message = try body.text("message").string ?? ""
        resetHistory = try body.flag("reset_history", default: false)
        parallelTools = try body.flag("parallel_tools", default: true)
        agentName = try Self.name(body, "agent_name") ?? "default"
        conversationID = try Self.name(body, "conversation_id")
        instructions = try Self.text(body, "instructions")
    }

    private static func name(_ body: RequestBody, _ key: StaticString) throws(APIError) -> String? {
        guard let name = try text(body, key) else { return nil }
        guard (1...maxNameBytes).contains(name.utf8.count) else {
            throw .invalid("'\(key)' must have 1 to \(maxNameBytes) bytes.", param: key.description)
        }
        return name
    }

    private static func text(_ body: RequestBody, _ key: StaticString) throws(APIError) -> String? {
        guard let value = body[key] else { return nil }
        guard let text = value.string else {
            throw .invalid("'\(key)' must be a string.", param: key.description, code: "invalid_type")
        }
        return text
    }
}
