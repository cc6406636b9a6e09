/// The bodies of `POST /v1/completions`, `/v1/embeddings` and `/v1/moderations` (OpenAI API reference).
enum CompletionShapes {
    static let completion = ObjectShape(
        [
            .required("model", .identifier),
            .requiredOrNull("prompt", .prompts(count: 1...2048)),
            .optional("best_of", .integer(1...20, .choices)),
            .optional("echo", .flag),
            .optional("frequency_penalty", CommonShapes.penalty),
            .optional("logit_bias", CommonShapes.logitBias),
            .optional("logprobs", .integer(0...5)),
            .optional("max_tokens", .integer(atLeast: 0, .outputTokens)),
            .optional("n", CommonShapes.choices),
            .optional("presence_penalty", CommonShapes.penalty),
            .optional("seed", CommonShapes.seed),
            .optional("stop", CommonShapes.stop),
            .optional("stream", .flag),
            .optional("stream_options", CommonShapes.streamOptions),
            .optional("suffix", .prompt),
            .optional("temperature", CommonShapes.temperature),
            .optional("top_p", CommonShapes.topP),
            .optional("user", .string),
        ] + CommonShapes.ownFields)

    static let embedding = ObjectShape(
        [
            .required("model", .identifier),
            .required("input", .prompts(count: 1...2048)),
            .optional("dimensions", .integer(atLeast: 1)),
            .optional("encoding_format", .choice(["float", "base64"])),
            .optional("user", .string),
        ] + CommonShapes.ownFields)

    /// One text, several, or one of texts and images in parts.
    static let moderation = ObjectShape(
        [
            .optional("model", .identifier),
            .required("input", .either(.prompt, .array(of: .either(.prompt, .object(part)), count: 1...2048))),
        ] + CommonShapes.ownFields)

    private static let part = ObjectShape(
        .required("type", .choice(["text", "image_url"])),
        .optional("text", .prompt),
        .optional("image_url", .object(ObjectShape(.required("url", .image), .optional("detail", .string)))))
}
