import Upstreams

/// Makes the requests of a run: those for the coder of the client's conversation, those for reviewers of the code.
///
/// Every call is a stream, so that a model that writes for long is alive to whoever watches it.
struct MagiRequests {
    private let settings: MagiUpstreamConfiguration
    private let asked: CompletionRequest
    private let parser: JSONParser
    /// What the client wants, as reviewers read it.
    private let request: String

    /// What of the client's request is the coder's business.
    private static let passedOn: [StaticString] = [
        "temperature", "top_p", "max_tokens", "max_completion_tokens", "seed", "reasoning_effort", "user",
    ]

    init(_ settings: MagiUpstreamConfiguration, for asked: CompletionRequest, _ parser: JSONParser) {
        self.settings = settings
        self.asked = asked
        self.parser = parser
        request = Self.conversation(asked.document.root)
    }

    /// For the first version, or for the one that follows these.
    func coder(after rounds: [MagiRun.Round]) throws(UpstreamError) -> CompletionRequest {
        let root = asked.document.root
        return try make(model: settings.coder) { writer in
            writer.array("messages") { messages in
                messages.message(role: "system", settings.coderPrompt)
                for message in (root["messages"] ?? root).elements {
                    message.withSource { messages.element(raw: $0) }
                }
                for (index, round) in rounds.enumerated() {
                    messages.message(role: "assistant", round.code.fenced)
                    messages.message(
                        role: "user",
                        MagiPrompts.feedback(round, iteration: index + 1, of: settings.maxIterations))
                }
            }
            for name in Self.passedOn {
                if let value = root[name] { value.withSource { writer.member(name, raw: $0) } }
            }
        }
    }

    /// For a review of this version. `repair`: what the reviewer said instead of a review, and what it is told of that.
    func review(
        by reviewer: MagiReviewerConfiguration, of code: CodeBlock, iteration: Int,
        repair: (answer: String, fault: MagiVerdict.Fault)? = nil
    ) throws(UpstreamError) -> CompletionRequest {
        try make(model: reviewer.model ?? settings.coder) { writer in
            writer.array("messages") { messages in
                messages.message(role: "system", "\(reviewer.prompt)\n\n\(MagiPrompts.form)")
                messages.message(
                    role: "user", MagiPrompts.question(request: request, code, iteration: iteration))
                guard let repair else { return }
                messages.message(role: "assistant", repair.answer)
                messages.message(role: "user", MagiPrompts.repair(repair.fault))
            }
        }
    }

    private func make(
        model: String, _ members: (inout JSONWriter) -> Void
    ) throws(UpstreamError) -> CompletionRequest {
        var text = ByteBuffer()
        text.appendJSON { writer in
            writer.object { writer in
                writer.member("model", model)
                members(&writer)
                writer.member("stream", true)
                writer.object("stream_options") { $0.member("include_usage", true) }
            }
        }
        do {
            let document = try text.withBytes { (bytes) throws(JSONError) in try parser.parse(bytes) }
            return CompletionRequest(
                document: document, model: model, isStream: true, wantsUsage: true, requestID: asked.requestID,
                fields: asked.fields, callerKey: asked.callerKey)
        } catch {
            throw UpstreamError(.oversized, "The conversation with the code in it is larger than the gateway reads.")
        }
    }

    // MARK: The conversation

    /// The texts of a conversation: of a single message the text alone, of several each with its role.
    static func conversation(_ request: JSONValue) -> String {
        let turns = (request["messages"] ?? request).elements.compactMap { message in
            text(of: message["content"]).map { (message["role"]?.string ?? "user", $0) }
        }
        if turns.count == 1 { return turns[0].1 }
        return turns.map { "\($0.0): \($0.1)" }.joined(separator: "\n\n")
    }

    private static func text(of content: JSONValue?) -> String? {
        guard let content else { return nil }
        let text = content.string ?? content.elements.compactMap { $0["text"]?.string }.joined(separator: "\n")
        return text.isEmpty ? nil : text
    }
}
