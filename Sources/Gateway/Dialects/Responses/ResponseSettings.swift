import Upstreams

/// What a client asked for, as far as a `response` object repeats it.
struct ResponseSettings {
    private let root: JSONValue
    /// What is said where the answer names none.
    let model: String
    /// Its id is the answer's where the provider gives none.
    let requestID: String

    /// `root`: the client's own body.
    init(_ root: JSONValue, model: String, requestID: String) {
        self.root = root
        self.model = model
        self.requestID = requestID
    }

    func write(to writer: inout JSONWriter) {
        writer.member("background", false)
        copy("instructions", &writer)
        copy("max_output_tokens", &writer)
        copy("max_tool_calls", &writer)
        copy("metadata", &writer) { $0.object("metadata") { _ in } }
        copy("parallel_tool_calls", &writer) { $0.member("parallel_tool_calls", true) }
        writer.member("previous_response_id", String?.none)
        copy("prompt_cache_key", &writer)
        copy("reasoning", &writer) {
            $0.object("reasoning") {
                $0.member("effort", String?.none)
                $0.member("summary", String?.none)
            }
        }
        copy("safety_identifier", &writer)
        copy("service_tier", &writer)
        // The gateway keeps none, whatever was asked for.
        writer.member("store", false)
        copy("temperature", &writer)
        writeText(&writer)
        copy("tool_choice", &writer) { $0.member("tool_choice", "auto") }
        copy("tools", &writer) { $0.array("tools") { _ in } }
        writer.member("top_logprobs", 0)
        copy("top_p", &writer)
        copy("truncation", &writer) { $0.member("truncation", "disabled") }
        copy("user", &writer)
    }

    private func copy(_ key: StaticString, _ writer: inout JSONWriter) {
        copy(key, &writer) { $0.member(key, String?.none) }
    }

    private func copy(
        _ key: StaticString, _ writer: inout JSONWriter, otherwise writeStandard: (inout JSONWriter) -> Void
    ) {
        if let value = root.present(key) { writer.member(key, copying: value) } else { writeStandard(&writer) }
    }

    private func writeText(_ writer: inout JSONWriter) {
        let text = root.present("text")
        writer.object("text") { written in
            if let format = text?.present("format") {
                written.member("format", copying: format)
            } else {
                written.object("format") { $0.member("type", "text") }
            }
            if let verbosity = text?.present("verbosity") { written.member("verbosity", copying: verbosity) }
        }
    }
}
