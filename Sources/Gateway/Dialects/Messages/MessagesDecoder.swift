import Upstreams

/// Makes a canonical request of one of the Messages API (docs.anthropic.com, "Messages").
///
/// Members of the Messages API that only a provider of that API understands (`thinking`, `cache_control`, …) travel under
/// their own names, see `AnthropicMembers`. Messages are in MessagesDecoder+Messages.swift, blocks in
/// MessagesDecoder+Blocks.swift, tools in MessagesDecoder+Tools.swift.
struct MessagesDecoder: RequestTranslator {
    let root: JSONValue
    var failure: APIError?

    static let known: [StaticString] = [
        "model", "messages", "system", "max_tokens", "stream", "temperature", "top_p", "top_k", "stop_sequences",
        "thinking", "tools", "tool_choice", "metadata", "service_tier", "output_config", "output_format", "mcp_servers",
        "container", "context_management", "inference_geo", "speed", "cache_control", "betas", "stream_options",
        "max_completion_tokens", "stop", "user", "reasoning_effort", "response_format", "parallel_tool_calls",
        "models",
    ]

    init(_ root: JSONValue) { self.root = root }

    /// The client asked to be shown how the model thinks.
    var wantsThinking: Bool {
        guard let type = root.present("thinking")?["type"] else { return false }
        return type.isString("enabled") || type.isString("adaptive")
    }

    static func complaint(_ param: String, _ what: String) -> String { "\(param): \(what)" }

    /// The field is known, what it holds has no counterpart in the form that all models share.
    mutating func refuseUnsupported(_ param: String, _ what: String) {
        refuse(param, "\(what) not supported by this gateway.", code: "unsupported_value")
    }

    // MARK: Settings

    mutating func writeSettings(_ writer: inout JSONWriter) {
        writeMaxTokens("max_tokens", &writer)
        writeNumbers(["temperature", "top_p", "top_k"], &writer)
        writeStops(&writer)
        writeThinking(&writer)
        writeTools(&writer)
        writeRest(&writer)
    }

    private mutating func writeStops(_ writer: inout JSONWriter) {
        guard let stops = root.present("stop_sequences"), stops.count > 0 || stops.kind != .array else { return }
        guard stops.kind == .array, !stops.elements.contains(where: { $0.kind != .string }) else {
            return refuse("stop_sequences", "must be an array of strings.")
        }
        writer.member("stop", copying: stops)
    }

    /// `thinking` itself, for providers that know it, and the effort that it comes to, for all others.
    private mutating func writeThinking(_ writer: inout JSONWriter) {
        let effort = root.present("output_config")?.present("effort")
        if let thinking = root.present("thinking") {
            guard thinking.kind == .object, let type = thinking["type"] else {
                return refuse("thinking", "must be an object with a 'type'.")
            }
            writer.member("thinking", copying: thinking)
            if effort == nil, type.isString("enabled"), let budget = thinking["budget_tokens"]?.int {
                writer.member("reasoning_effort", Self.effort(of: budget))
            }
        }
        if let effort {
            if effort.isString("max") || effort.isString("xhigh") {
                writer.member("reasoning_effort", "high")
            } else {
                writer.member("reasoning_effort", copying: effort)
            }
        }
    }

    private static func effort(of budget: Int) -> String {
        switch budget {
        case ..<4096: "low"
        case ..<16_384: "medium"
        default: "high"
        }
    }

    private mutating func writeRest(_ writer: inout JSONWriter) {
        if let user = root.present("metadata")?.present("user_id") { writeUser(user, &writer) }
        if let tier = root.present("service_tier") {
            if tier.isString("auto") { writer.member("service_tier", "auto") }
            if tier.isString("standard_only") { writer.member("service_tier", "default") }
        }
        if let format = root.present("output_config")?.present("format") ?? root.present("output_format") {
            writeFormat(format, &writer)
        }
        if let servers = root.present("mcp_servers"), servers.count > 0 {
            refuseUnsupported("mcp_servers", "MCP servers at the provider are")
        }
        if root.present("container") != nil { refuseUnsupported("container", "Containers at the provider are") }
    }

    /// OpenAI takes 64 bytes at most; a longer name becomes its digest, which has as many digits.
    private func writeUser(_ user: JSONValue, _ writer: inout JSONWriter) {
        if let length = user.utf8Count, length > 64 {
            _ = user.withUTF8 { writer.member("user", SHA256.hash($0).hexadecimal) }
        } else {
            writer.member("user", copying: user)
        }
    }

    private mutating func writeFormat(_ format: JSONValue, _ writer: inout JSONWriter) {
        guard format["type"]?.isString("json_schema") == true, let schema = format.present("schema") else {
            return refuse("output_config.format", "must be of type 'json_schema' and have a 'schema'.")
        }
        writer.object("response_format") { format in
            format.member("type", "json_schema")
            format.object("json_schema") {
                $0.member("name", "answer")
                $0.member("schema", copying: schema)
                $0.member("strict", true)
            }
        }
    }
}
