/// Shapes that more than one endpoint has.
enum CommonShapes {
    static let temperature = Shape.number(0...2)
    static let topP = Shape.number(0...1)
    static let penalty = Shape.number(-2...2)
    static let topLogprobs = Shape.integer(0...20)
    static let seed = Shape.integer(Int.min...Int.max)
    static let outputTokens = Shape.integer(atLeast: 1, .outputTokens)
    static let choices = Shape.integer(1...128, .choices)
    static let stop = Shape.either(.string, .array(of: .string, count: 1...4))
    static let detail = Shape.choice(["auto", "low", "high", "original"])
    static let streamOptions = Shape.object(
        ObjectShape(.optional("include_usage", .flag), .optional("include_obfuscation", .flag)))
    static let logitBias = Shape.map(
        MapRule(value: .number(-100...100), key: TextRule(length: 1...32, pattern: .tokenID)))
    static let metadata = Shape.map(
        MapRule(
            value: .text(TextRule(length: 0...512)), maxCount: 16, key: TextRule(length: 1...64)))
    static let effort = Shape.choice(["none", "minimal", "low", "medium", "high", "xhigh", "max"])
    static let level = Shape.choice(["low", "medium", "high"])
    static let serviceTier = Shape.choice(["auto", "default", "flex", "scale", "priority", "fast"])
    static let safetyIdentifier = Shape.text(TextRule(length: 0...128))
    static let cacheRetention = Shape.choice(["in_memory", "in-memory", "24h"])
    static let cacheOptions = Shape.object(ObjectShape(isClosed: false))
    static let moderation = Shape.object(ObjectShape(.required("model", .string), isClosed: false))
    static let cacheBreakpoint = FieldRule.optional(
        "prompt_cache_breakpoint", .object(ObjectShape(.required("mode", .choice(["explicit"])), isClosed: false)))

    static let toolChoiceWords = Shape.choice(["none", "auto", "required"])
    static let allowedToolsMode = FieldRule.required("mode", .choice(["auto", "required"]))
    static let allowedTools = FieldRule.required(
        "tools", .array(of: .object(ObjectShape(.required("type", .identifier), isClosed: false)), count: 1...128))

    /// Fields of the gateway's own, on every endpoint.
    static let ownFields: [FieldRule] = [
        .optional("user_id", .anything), .optional("client_id", .anything), .optional("background", .flag),
    ]

    /// The fields of a function's definition.
    static let function: [FieldRule] = [
        .required("name", .text(.functionName)), .optional("description", .string),
        .optional("parameters", .schema(code: "invalid_function_parameters")), .optional("strict", .flag),
    ]

    /// The fields of a JSON Schema as a format of answers.
    static func schemaFormat(_ presence: FieldRule.Presence) -> [FieldRule] {
        [
            .required("name", .text(.functionName)), .optional("description", .string),
            FieldRule(name: "schema", shape: .schema(code: "invalid_json_schema"), presence: presence),
            .optional("strict", .flag),
        ]
    }
}
