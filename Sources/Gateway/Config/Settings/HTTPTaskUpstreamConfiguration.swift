package import Upstreams

/// A provider that takes jobs and is asked how they fare: where its API has what.
package struct HTTPTaskUpstreamConfiguration: Sendable {
    package let http: ProviderConfiguration
    package let api: HTTPTaskUpstream.Settings

    package init(_ r: ConfigReader) {
        http = ProviderConfiguration(
            r,
            ProviderConfiguration.Defaults(
                exampleURL: "https://jobs.example.com/v1", exampleKey: "JOBS_API_KEY", path: "/jobs"))
        let (submit, body) = r.required("submit", .object(Self.submission), doc: "The call that submits a job.")
        let pointers = r.section(
            "pointers", doc: "JSON pointers (RFC 6901) into the provider's answers and events.", Self.pointers)
        var api = HTTPTaskUpstream.Settings(
            submit: submit, body: body, pointers: pointers,
            words: r.section("words", doc: "What the words of a status mean, in any letter case.", Self.words))
        api.polling = r.optional("poll", .object(Self.polling), doc: "Asks how the job fares; not without it.")
        api.events = r.optional(
            "events", .jobPath, example: .string("/jobs/{job}/events"),
            doc: "A stream of server-sent events about the job, which is followed. If it breaks, the job is polled.")
        api.result = r.optional(
            "result", .jobPath, example: .string("/jobs/{job}/result"),
            doc: "Where the result is once the job is done; without it where the status is.")
        api.cancel = r.optional(
            "cancel", .object(Self.cancellation), doc: "Ends a job that nobody wants any more; not without it.")
        self.api = api
        if !r.has("poll"), !r.has("events") { r.report("missing; it is required without events", at: "poll") }
        if !r.has("events"), pointers.delta != nil {
            r.report("pieces of text come in events alone", at: "pointers", "delta")
        }
        if pointers.result == nil, pointers.text == nil, pointers.delta == nil {
            r.report("expected at least one of result, text and delta", at: "pointers")
        }
    }

    private static func submission(_ r: ConfigReader) -> (HTTPTaskUpstream.Settings.Call, [UInt8]) {
        let method = r.value("method", .choice(TransportRequest.Method.post), default: .post, doc: "The method.")
        let path: ArgumentText = r.required(
            "path", .submissionPath, example: .string("/jobs"),
            doc: "Path and query, appended to `base_url`. `{model}` stands for the target's model.")
        let body: [UInt8] = r.value(
            "body", .json, default: Array(#"{"model":"{model}","prompt":"{prompt}"}"#.utf8),
            example: .object([("input", .object([("prompt", .string("{prompt}"))]))]),
            doc: "JSON body, with places in its strings: `{prompt}`, the last user message; `{model}`; `{request_id}`; "
                + "or a member of the request, such as `{messages}`. A string of one place alone becomes the member's "
                + "own value, and is left out with its key where the request has none. Default: model and prompt.")
        return (HTTPTaskUpstream.Settings.Call(method, path), body)
    }

    private static func pointers(_ r: ConfigReader) -> HTTPTaskUpstream.Settings.Pointers {
        func optional(_ key: String, _ example: String, _ doc: String) -> JSONPointer? {
            let text: String? = r.optional(key, .jsonPointer, example: .string(example), doc: doc)
            return text.map(pointer)
        }
        var pointers = HTTPTaskUpstream.Settings.Pointers(
            job: pointer(
                r.value(
                    "job", .jsonPointer, default: "/id", doc: "The job's name, in the answer to its submission.")),
            status: pointer(
                r.value(
                    "status", .jsonPointer, default: "/status",
                    doc: "The status: a string, a number or a boolean. Where an event has none, its own name is it.")))
        pointers.progress = optional("progress", "/progress", "How far the job is: told in streams as `progress`.")
        pointers.text = optional("text", "/output/text", "The text so far.")
        pointers.delta = optional("delta", "/delta", "A piece of the text, in an event.")
        pointers.result = optional(
            "result", "/output",
            "The whole text, once the job is done; without it `text`. A list of strings is joined, and what is no text is"
                + " told as JSON.")
        pointers.error = optional("error", "/error", "What went wrong: a string, or an object with `message`.")
        return pointers
    }

    /// A text that was read as a pointer.
    private static func pointer(_ text: String) -> JSONPointer {
        guard let pointer = JSONPointer(text) else { preconditionFailure("no pointer") }
        return pointer
    }

    private static func words(_ r: ConfigReader) -> HTTPTaskUpstream.Settings.Words {
        func words(_ key: String, _ words: [String], _ doc: String) -> [String] {
            r.value(key, .list(of: .string()), default: words, doc: doc)
        }
        return HTTPTaskUpstream.Settings.Words(
            running: words("running", [], "The job goes on. If none are named, so it does with any word not named."),
            done: words("done", ["completed", "succeeded", "success", "done"], "The result is there."),
            failed: words(
                "failed", ["failed", "failure", "error", "cancelled", "canceled", "expired"], "There is none."))
    }

    private static func polling(_ r: ConfigReader) -> HTTPTaskUpstream.Settings.Polling {
        var polling = HTTPTaskUpstream.Settings.Polling(
            path: r.required(
                "path", .jobPath, example: .string("/jobs/{job}"),
                doc: "Path and query, asked with GET. `{job}` stands for the job's name, `{model}` for the model."))
        polling.interval = r.milliseconds(
            "interval_ms", default: 500, in: 10...3_600_000, doc: "Before the first look, and again after new text.")
        polling.factor = r.value(
            "factor", .double(in: 1...10, unit: .count), default: 1.5, doc: "How much longer each further pause is.")
        polling.longestInterval = r.milliseconds(
            "max_interval_ms", default: 5000, in: 10...3_600_000,
            doc: "Longest pause, unless `retry-after` asks for more.")
        polling.failures = r.int(
            "failures", default: 3, in: 0...1000, doc: "Looks in a row that may fail before the job counts as failed.")
        return polling
    }

    private static func cancellation(_ r: ConfigReader) -> HTTPTaskUpstream.Settings.Call {
        let method = r.value(
            "method", .choice(TransportRequest.Method.delete), default: .delete, doc: "The method; there is no body.")
        let path: ArgumentText = r.required(
            "path", .jobPath, example: .string("/jobs/{job}"), doc: "Path and query, as for `poll`.")
        return HTTPTaskUpstream.Settings.Call(method, path)
    }
}

extension ConfigType<ArgumentText> {
    /// Path and query of the call that submits a job.
    fileprivate static var submissionPath: Self { path(places: ["model"]) }
    /// Path and query of a call about a job.
    fileprivate static var jobPath: Self { path(places: ["job", "model"]) }

    private static func path(places: Set<String>) -> Self {
        let list = places.sorted().map { "{\($0)}" }.joined(separator: " and ")
        return parsed(
            "a path that may have a query, and places for \(list)", pattern: "^/[!-~]*$",
            placeholder: ArgumentText("/")
        ) { text in
            let path = ArgumentText(text)
            let isPath = text.hasPrefix("/") && text.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x23 }
            return isPath && places.isSuperset(of: path.names) ? path : nil
        }
    }
}
