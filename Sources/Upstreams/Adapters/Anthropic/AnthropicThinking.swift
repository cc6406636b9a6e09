/// Whether and how much a model thinks before it answers.
enum AnthropicThinking {
    case off
    /// At most so many tokens, which count as output.
    case budget(Int)
    /// As much as the model finds right at this effort.
    case adaptive(effort: String)
    /// The client's own `thinking` object, in the provider's form.
    case native(JSONValue)

    /// The least budget that the provider takes.
    private static let leastBudget = 1024

    /// `maxTokens`: what the client allows in all. Half of it is left for the answer.
    ///
    /// Thinking stays off where the provider would refuse it: when a tool is forced, and in the middle of tool calls
    /// whose thinking the client did not send back (`thinking_blocks`).
    init(
        _ root: JSONValue, _ reasoning: AnthropicUpstream.Encoding.Reasoning, maxTokens: Int?,
        _ refusals: inout Refusals
    ) {
        self = .off
        if let own = root.present("thinking"), own.kind == .object {
            self = .native(own)
            return
        }
        guard let value = root.present("reasoning_effort"), !value.isString("none") else { return }
        guard let effort = Self.efforts.first(where: { value.isString($0.name) }) else {
            refusals.unsupportedValue("reasoning_effort", "there is no such 'reasoning_effort' for this model")
            return
        }
        guard !Self.forcesTool(root), !Self.isAmongToolCalls(root) else { return }
        switch reasoning {
        case .off: return
        case .adaptive: self = .adaptive(effort: effort.adaptive)
        case .budget:
            let budget = min(effort.budget, (maxTokens ?? .max) / 2)
            if budget >= Self.leastBudget { self = .budget(budget) }
        }
    }

    private static let efforts: [(name: StaticString, budget: Int, adaptive: String)] = [
        ("minimal", leastBudget, "low"), ("low", leastBudget, "low"), ("medium", 8192, "medium"),
        ("high", 24_576, "high"), ("xhigh", 32_768, "max"),
    ]

    var isOn: Bool {
        switch self {
        case .off: false
        case .budget, .adaptive: true
        case .native(let own): own["type"]?.isString("disabled") != true
        }
    }

    /// For `output_config`.
    var effort: String? {
        if case .adaptive(let effort) = self { effort } else { nil }
    }

    func write(to writer: inout JSONWriter) {
        switch self {
        case .off: return
        case .native(let own): writer.member("thinking", copying: own)
        case .adaptive: writer.object("thinking") { $0.member("type", "adaptive") }
        case .budget(let budget):
            writer.object("thinking") {
                $0.member("type", "enabled")
                $0.member("budget_tokens", budget)
            }
        }
    }

    private static func forcesTool(_ root: JSONValue) -> Bool {
        guard let choice = root.present("tool_choice") else { return false }
        return choice.kind == .object || choice.isString("required")
    }

    /// Whether the conversation ends in tool calls, or their results, that were made without thinking.
    private static func isAmongToolCalls(_ root: JSONValue) -> Bool {
        guard let messages = root.present("messages") else { return false }
        var isAmong = false
        for message in messages.elements {
            guard let role = message["role"] else { continue }
            if role.isString("user") { isAmong = false }
            if role.isString("assistant"), (message.present("tool_calls")?.count ?? 0) > 0 {
                isAmong = (message.present("thinking_blocks")?.count ?? 0) == 0
            }
        }
        return isAmong
    }
}
