/// How the fields of OpenAI's chat API are taken by a provider that speaks another one.
package enum ForeignFields {
    /// What happens with fields that the provider has no counterpart for and whose loss would change the answer.
    package enum Unsupported: String, CaseIterable, Sendable { case refuse, drop }

    /// What happens with fields that OpenAI's API does not have, and so may be the provider's own.
    package enum Unknown: String, CaseIterable, Sendable { case drop, pass }

    /// All that the OpenAI API reference lists for chat completions; `models` is the gateway's.
    private static let known: [StaticString] = [
        "model", "messages", "stream", "stream_options", "max_tokens", "max_completion_tokens", "temperature", "top_p",
        "stop", "tools", "tool_choice", "parallel_tool_calls", "user", "reasoning_effort", "response_format", "n",
        "logprobs", "top_logprobs", "logit_bias", "frequency_penalty", "presence_penalty", "modalities", "audio",
        "web_search_options", "functions", "function_call", "seed", "store", "metadata", "prediction", "service_tier",
        "prompt_cache_key", "prompt_cache_retention", "safety_identifier", "verbosity", "models",
    ]

    /// Hands out the members of a request that OpenAI's API does not have, except those of these names.
    static func forEachUnknown(
        of root: JSONValue, except own: [StaticString], _ body: (JSONMembers.Member) -> Void
    ) {
        for member in root.members where !known.contains(where: member.hasKey) && !own.contains(where: member.hasKey) {
            body(member)
        }
    }

    /// Refuses what a request asks for beyond a plain answer in text. A value that asks for nothing, such as `"n": 1`,
    /// is no reason. `supported`: the penalties are known to the provider.
    static func check(_ root: JSONValue, penalties supported: Bool, _ refusals: inout Refusals) {
        func asks(_ key: StaticString, _ isAsked: (JSONValue) -> Bool) {
            guard let value = root.present(key), isAsked(value) else { return }
            refusals.unsupported(key.description, "'\(key)' is not supported with this model")
        }
        asks("n") { $0.int != 1 }
        asks("logprobs") { $0.bool != false }
        asks("top_logprobs") { $0.int != 0 }
        asks("logit_bias") { $0.count > 0 }
        if !supported {
            asks("frequency_penalty") { $0.double != 0 }
            asks("presence_penalty") { $0.double != 0 }
        }
        asks("modalities") { $0.elements.contains { !$0.isString("text") } }
        for key: StaticString in ["audio", "web_search_options", "functions", "function_call"] {
            asks(key) { _ in true }
        }
    }
}

extension JSONValue {
    /// The member, unless it is missing or null.
    package func present(_ key: StaticString) -> JSONValue? {
        guard let value = self[key], !value.isNull else { return nil }
        return value
    }

    /// A string that is not empty.
    package var isFilledString: Bool { (utf8Count ?? 0) > 0 }
}

extension JSONWriter {
    /// A member with the value as it is written in its own text.
    package mutating func member(_ key: StaticString, copying value: JSONValue) {
        value.withSource { member(key, raw: $0) }
    }
}
