/// The forms in which clients may ask. One besides OpenAI's that is not configured is not served.
package struct DialectsConfiguration: Sendable {
    package let openai: OpenAIDialectConfiguration
    package let question: QuestionDialectConfiguration?
    package let code: CodeDialectConfiguration?
    package let ask: AskDialectConfiguration?
    package let agent: AgentDialectConfiguration?

    package init(_ r: ConfigReader, models: [String], upstreams: [UpstreamConfiguration]) {
        openai = r.section("openai", doc: "OpenAI's endpoints besides chat completions; they are always served.") {
            OpenAIDialectConfiguration($0, models: models, upstreams: upstreams)
        }
        question = r.optional(
            "question", .object { QuestionDialectConfiguration($0, models: models) },
            doc: "Questions whose answers are shared: `POST /chat` and `/chat/stream`. Without it they are not served.")
        code = r.optional(
            "code", .object { CodeDialectConfiguration($0, models: models) },
            doc: "Code as plain text: `POST /generate-code/`. Without it it is not served.")
        ask = r.optional(
            "ask", .object { AskDialectConfiguration($0, models: models) },
            doc: "Questions with a history: `POST /v1/ask`. Without it it is not served.")
        agent = r.optional(
            "agent", .object(AgentDialectConfiguration.init),
            doc:
                "Chats with agents that have tools: `POST /chat`, `/chat/stream`, `GET /ws`, `/agents`. Without it they"
                + " are not served.")
    }
}
