/// The shapes of `POST /v1/chat/completions` (OpenAI API reference, "Create chat completion").
enum ChatShapes {
    static let body = ObjectShape(
        [
            .required("model", .identifier),
            // Looked at message by message, with the rules that tie them together.
            .required("messages", .anything),
            .optional("audio", audio),
            .optional("frequency_penalty", CommonShapes.penalty),
            .optional("function_call", .either(.choice(["none", "auto"]), .object(named))),
            .optional("functions", .array(of: .object(function), count: 1...128, .tools)),
            .optional("logit_bias", CommonShapes.logitBias),
            .optional("logprobs", .flag),
            .optional("max_completion_tokens", CommonShapes.outputTokens),
            .optional("max_tokens", CommonShapes.outputTokens),
            .optional("metadata", CommonShapes.metadata),
            .optional("modalities", .array(of: .choice(["text", "audio"]), count: 1...2)),
            .optional("moderation", CommonShapes.moderation),
            .optional("n", CommonShapes.choices),
            .optional("parallel_tool_calls", .flag),
            .optional("prediction", .object(prediction)),
            .optional("presence_penalty", CommonShapes.penalty),
            .optional("prompt_cache_key", .string),
            .optional("prompt_cache_options", CommonShapes.cacheOptions),
            .optional("prompt_cache_retention", CommonShapes.cacheRetention),
            .optional("reasoning_effort", CommonShapes.effort),
            .optional("response_format", .variant(responseFormat)),
            .optional("safety_identifier", CommonShapes.safetyIdentifier),
            .optional("seed", CommonShapes.seed),
            .optional("service_tier", CommonShapes.serviceTier),
            .optional("stop", CommonShapes.stop),
            .optional("store", .flag),
            .optional("stream", .flag),
            .optional("stream_options", CommonShapes.streamOptions),
            .optional("temperature", CommonShapes.temperature),
            .optional("tool_choice", .either(CommonShapes.toolChoiceWords, .variant(toolChoice))),
            .optional("tools", .array(of: .variant(tool), count: 1...128, .tools)),
            .optional("top_logprobs", CommonShapes.topLogprobs),
            .optional("top_p", CommonShapes.topP),
            .optional("user", .string),
            .optional("verbosity", CommonShapes.level),
            .optional("web_search_options", .object(webSearch)),
        ] + CommonShapes.ownFields)

    /// Fields that must agree with others: where none of a rule's is there, the rule has nothing to look at.
    struct Crossing {
        /// Only both together can disagree.
        let outputTokens = body.bits(of: "max_tokens", "max_completion_tokens")
        let streamOptions = body.bits(of: "stream_options")
        let logprobs = body.bits(of: "top_logprobs")
        let modalities = body.bits(of: "modalities")
        let tools = body.bits(of: "tool_choice", "parallel_tool_calls")
    }

    static let crossing = Crossing()

    // MARK: Tools

    private static let named = ObjectShape(.required("name", .text(.functionName)))
    private static let function = ObjectShape(CommonShapes.function)

    private static let tool = VariantShape(
        "type",
        [
            ("function", [.required("function", .object(function))]),
            ("custom", [.required("custom", .object(customTool))]),
        ])

    private static let customTool = ObjectShape(
        .required("name", .text(.functionName)), .optional("description", .string),
        .optional("format", .variant(customFormat)))

    private static let customFormat = VariantShape(
        "type",
        [
            ("text", []),
            ("grammar", [.required("grammar", .object(grammar))]),
        ])

    private static let grammar = ObjectShape(
        .required("definition", .identifier), .required("syntax", .choice(["lark", "regex"])))

    private static let toolChoice = VariantShape(
        "type",
        [
            ("function", [.required("function", .object(named))]),
            ("custom", [.required("custom", .object(named))]),
            (
                "allowed_tools",
                [
                    .required(
                        "allowed_tools", .object(ObjectShape(CommonShapes.allowedToolsMode, CommonShapes.allowedTools)))
                ]
            ),
        ])

    // MARK: Answers

    private static let audio = Shape.object(
        ObjectShape(
            .required("format", .choice(["wav", "aac", "mp3", "flac", "opus", "pcm16"])),
            .required("voice", .either(.identifier, .object(ObjectShape(.required("id", .identifier)))))))

    private static let prediction = ObjectShape(
        .required("type", .choice(["content"])),
        .required("content", .either(.prompt, .array(of: .variant(MessageShapes.textPart), count: 1...Int.max))))

    private static let responseFormat = VariantShape(
        "type",
        [
            ("text", []), ("json_object", []),
            ("json_schema", [.required("json_schema", .object(ObjectShape(CommonShapes.schemaFormat(.optional))))]),
        ])

    private static let webSearch = ObjectShape(
        .optional("search_context_size", CommonShapes.level),
        .optional("user_location", .object(location)))

    private static let location = ObjectShape(
        .required("type", .choice(["approximate"])),
        .required(
            "approximate",
            .object(
                ObjectShape(
                    .optional("city", .string), .optional("country", .text(TextRule(length: 2...2))),
                    .optional("region", .string), .optional("timezone", .string)))))
}
