/// The messages of a chat (OpenAI API reference, "Create chat completion").
enum MessageShapes {
    /// By role, in the order of `MessageRole`.
    static let message = VariantShape(
        "role",
        [
            ("system", [.required("content", texts), name]),
            ("developer", [.required("content", texts), name]),
            ("user", [.required("content", .either(.prompt, .array(of: .variant(userPart), count: parts))), name]),
            ("assistant", assistant),
            ("tool", [.required("content", texts), .required("tool_call_id", .identifier), name]),
            ("function", [.requiredOrNull("content", .prompt), .required("name", .text(.functionName))]),
        ], anyOf: ["assistant": ["content", "tool_calls", "function_call", "refusal", "audio"]])

    private static let parts = 1...Int.max
    private static let name = FieldRule.optional("name", .text(.participantName))
    private static let texts = Shape.either(.prompt, .array(of: .variant(textPart), count: parts))

    private static let assistant: [FieldRule] = [
        .optional("content", .either(.prompt, .array(of: .variant(assistantPart), count: parts))), name,
        .optional("refusal", .prompt), .optional("tool_calls", .array(of: .variant(toolCall), count: 1...128)),
        .optional("function_call", .object(call)),
        .optional("audio", .object(ObjectShape(.required("id", .identifier), isClosed: false))),
        // What answers hold and clients send back as it came.
        .optional("annotations", .anything), .optional("reasoning_content", .anything),
    ]

    private static let call = ObjectShape(.required("name", .text(.functionName)), .required("arguments", .prompt))

    private static let toolCall = VariantShape(
        "type",
        [
            ("function", [.required("id", .identifier), .required("function", .object(call)), index]),
            ("custom", [.required("id", .identifier), .required("custom", .object(customCall)), index]),
        ])

    /// Streamed calls have it, and some clients send it back.
    private static let index = FieldRule.optional("index", .integer(atLeast: 0))

    private static let customCall = ObjectShape(.required("name", .text(.functionName)), .required("input", .prompt))

    // MARK: Parts of content

    static let textPart = VariantShape("type", [text])
    private static let assistantPart = VariantShape("type", [text, ("refusal", [.required("refusal", .prompt)])])
    private static let userPart = VariantShape("type", [text, image, audio, file])

    private static let text: (kind: String, fields: [FieldRule]) = (
        "text", [.required("text", .prompt), CommonShapes.cacheBreakpoint]
    )

    private static let image: (kind: String, fields: [FieldRule]) = (
        "image_url",
        [
            .required(
                "image_url",
                .object(
                    ObjectShape(.required("url", .image), .optional("detail", CommonShapes.detail)))),
            CommonShapes.cacheBreakpoint,
        ]
    )

    private static let audio: (kind: String, fields: [FieldRule]) = (
        "input_audio",
        [
            .required(
                "input_audio",
                .object(
                    ObjectShape(.required("data", .identifier), .required("format", .choice(["wav", "mp3"]))))),
            CommonShapes.cacheBreakpoint,
        ]
    )

    private static let file: (kind: String, fields: [FieldRule]) = (
        "file",
        [
            .required(
                "file",
                .object(
                    ObjectShape(
                        [
                            .optional("file_data", .identifier), .optional("file_id", .identifier),
                            .optional("filename", .string),
                        ], anyOf: ["file_data", "file_id"]))),
            CommonShapes.cacheBreakpoint,
        ]
    )
}
