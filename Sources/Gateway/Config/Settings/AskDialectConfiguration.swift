/// `POST /v1/ask` (API page, ask dialect).
package struct AskDialectConfiguration: Sendable {
    /// What answers.
    package let model: String
    /// What is said to the model before the history; nil (default): nothing.
    package let system: String?
    /// Default true.
    package let doneMarker: Bool
    /// Bytes of `client_id`, `user_id` and `product_id`. Default 256.
    package let maxIDBytes: Int

    package init(_ r: ConfigReader, models: [String]) {
        model = r.dialectModel(models)
        system = r.dialectSystem()
        doneMarker = r.bool(
            "done_marker", default: true, doc: "Whether `[DONE]` follows the last event of a stream.")
        maxIDBytes = r.int(
            "max_id_bytes", default: 256, in: 1...65_536, unit: .bytes,
            doc: "Longest `client_id`, `user_id` and `product_id`.")
    }
}
