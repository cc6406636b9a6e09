import Upstreams

/// One call of the gateway's own to one of its models, by the same ways as a client's: routing, retries, breakers and
/// metrics of the targets. It passes no policy; the request on whose behalf it is made has passed them.
///
/// Gathers the text of the answer. States: started → over (`end`), or cancelled.
final class ModelCall {
    private let log: CompletionLog
    private let dispatch: Dispatch
    private let parser: JSONParser
    private let maxBytes: Int
    private var bytes = ByteBuffer()
    /// The model was cut off in its answer, by its limit of tokens.
    private(set) var isCut = false
    private var isTooLong = false

    /// Starts it. `wakeup` is woken when there is something new. Nil: there is no such model.
    init?(
        _ request: CompletionRequest, service: Service, runtime: Runtime, deadline: MonotonicTime?,
        waking wakeup: Wakeup
    ) {
        guard let route = runtime.models.route(request.model) else { return nil }
        let bounds = runtime.configuration.bounds
        log = CompletionLog(waking: wakeup, highBytes: bounds.outputLowBytes)
        var asked = RequestedRoute(route: route, model: route.canonicalName(of: request.model))
        asked.deadline = deadline
        dispatch = Dispatch(
            request, asked, service: service, runtime: runtime, into: log,
            counting: runtime.canonicalSeries(of: route))
        parser = service.parser
        maxBytes = bounds.maxLogBytes
        dispatch.start()
    }

    /// Takes in what is new. The end, once all is there.
    func read() -> CompletionEnd? {
        let parser = parser
        _ = log.drain { payload, _ in
            AnswerText.read(payload, parser) { text in
                if bytes.count + text.byteCount <= maxBytes { bytes.append(text) } else { isTooLong = true }
            }
            if Self.isCut(payload, parser) { isCut = true }
        }
        if let end = log.end {
            return isTooLong && end.isCompleted ? .failed(Self.tooLong) : end
        }
        dispatch.resume()
        return nil
    }

    func cancel() { dispatch.cancel(.abandoned) }

    /// Whether the model has begun to answer.
    var hasBegun: Bool { log.hasContent }

    var usage: ChatChunkFacts.Usage? { log.usage }

    /// The calls to providers that it took.
    var calls: AttemptList { dispatch.origin.calls }

    /// Nano-dollars; nil: nobody knows.
    var cost: Int? { dispatch.record.cost }

    /// The text so far.
    var text: String {
        bytes.withBytes { bytes in unsafe bytes.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) } }
    }

    private static func isCut(_ event: RawSpan, _ parser: JSONParser) -> Bool {
        guard let choices = (try? parser.parse(event))?.root["choices"] else { return false }
        return choices.elements.contains { $0["finish_reason"]?.isString("length") == true }
    }

    private static let tooLong = UpstreamError(.oversized, "The model's answer is larger than the gateway keeps.")
}
