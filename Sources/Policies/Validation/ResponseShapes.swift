/// The body of `POST /v1/responses` (OpenAI API reference, "Create a model response").
enum ResponseShapes {
    static let body = ObjectShape(
        [
            .optional("model", .identifier),
            // Looked at item by item.
            .optional("input", .either(.string, .array(of: .anything, count: 1...Int.max))),
            .optional("conversation", .either(.identifier, .object(ObjectShape(.required("id", .identifier))))),
            .optional("context_management", .array(of: .anything, count: 0...Int.max)),
            .optional("include", .array(of: .string, count: 0...Int.max)),
            .optional("instructions", .prompt),
            .optional("max_output_tokens", CommonShapes.outputTokens),
            .optional("max_tool_calls", .integer(atLeast: 1)),
            .optional("metadata", CommonShapes.metadata),
            .optional("moderation", CommonShapes.moderation),
            .optional("parallel_tool_calls", .flag),
            .optional("previous_response_id", .identifier),
            .optional("prompt", .object(prompt)),
            .optional("prompt_cache_key", .string),
            .optional("prompt_cache_options", CommonShapes.cacheOptions),
            .optional("prompt_cache_retention", CommonShapes.cacheRetention),
            .optional("reasoning", .object(reasoning)),
            .optional("safety_identifier", CommonShapes.safetyIdentifier),
            .optional("service_tier", CommonShapes.serviceTier),
            .optional("store", .flag),
            .optional("stream", .flag),
            .optional("stream_options", .object(ObjectShape(.optional("include_obfuscation", .flag)))),
            .optional("temperature", CommonShapes.temperature),
            .optional("text", .object(text)),
            .optional("tool_choice", .either(CommonShapes.toolChoiceWords, .object(toolChoice))),
            // Looked at tool by tool: only some kinds have a shape here.
            .optional("tools", .array(of: .anything, count: 0...128, .tools)),
            .optional("top_logprobs", CommonShapes.topLogprobs),
            .optional("top_p", CommonShapes.topP),
            .optional("truncation", .choice(["auto", "disabled"])),
            .optional("user", .string),
        ] + CommonShapes.ownFields)

    /// By type; `open` is for types that the reference adds faster than anyone follows.
    static let functionTool = ObjectShape([typeField] + CommonShapes.function, isClosed: false)
    static let openObject = ObjectShape(.required("type", .identifier), isClosed: false)

    private static let typeField = FieldRule.required("type", .identifier)
    private static let prompt = ObjectShape(.required("id", .identifier), isClosed: false)
    private static let toolChoice = ObjectShape(.required("type", .identifier), isClosed: false)

    private static let reasoning = ObjectShape(
        .optional("effort", CommonShapes.effort), .optional("summary", summary),
        .optional("generate_summary", summary), .optional("context", .string), .optional("mode", .string))
    private static let summary = Shape.choice(["auto", "concise", "detailed"])

    private static let text = ObjectShape(
        .optional("format", .variant(format)), .optional("verbosity", CommonShapes.level))
    private static let format = VariantShape(
        "type", [("text", []), ("json_object", []), ("json_schema", CommonShapes.schemaFormat(.required))])

    // MARK: Items of the input

    /// Item types with a shape, in the order of `itemShapes`.
    static let itemTypes: Vocabulary = [
        "message", "function_call", "function_call_output", "custom_tool_call", "custom_tool_call_output",
        "item_reference",
    ]

    static let itemShapes: [ObjectShape] = [
        ObjectShape(
            .optional("type", .anything), .required("role", .choice(["user", "assistant", "system", "developer"])),
            .required("content", .either(.prompt, .array(of: .variant(part), count: 0...Int.max))),
            .optional("id", .string), .optional("status", status), .optional("phase", .string)),
        ObjectShape(
            typeField, .required("call_id", .identifier), .required("name", .text(.functionName)),
            .required("arguments", .prompt), .optional("id", .string), .optional("status", status), isClosed: false),
        ObjectShape(
            typeField, .required("call_id", .identifier), .required("output", output), .optional("id", .string),
            .optional("status", status), isClosed: false),
        ObjectShape(
            typeField, .required("call_id", .identifier), .required("name", .identifier), .required("input", .prompt),
            isClosed: false),
        ObjectShape(typeField, .required("call_id", .identifier), .required("output", output), isClosed: false),
        ObjectShape(.optional("type", .anything), .required("id", .identifier)),
    ]

    private static let status = Shape.choice(["in_progress", "completed", "incomplete"])
    private static let output = Shape.either(.prompt, .array(of: .variant(part), count: 0...Int.max))

    private static let part = VariantShape(
        "type",
        [
            ("input_text", [.required("text", .prompt), CommonShapes.cacheBreakpoint]),
            (
                "input_image",
                [
                    .optional("image_url", .image), .optional("file_id", .identifier),
                    .optional("detail", CommonShapes.detail), CommonShapes.cacheBreakpoint,
                ]
            ),
            (
                "input_file",
                [
                    .optional("file_id", .identifier), .optional("file_data", .identifier),
                    .optional("file_url", .text(.link)), .optional("filename", .string),
                    .optional("detail", CommonShapes.detail), CommonShapes.cacheBreakpoint,
                ]
            ),
            (
                "output_text",
                [.required("text", .prompt), .optional("annotations", .anything), .optional("logprobs", .anything)]
            ),
            ("refusal", [.required("refusal", .prompt)]),
        ])
}
