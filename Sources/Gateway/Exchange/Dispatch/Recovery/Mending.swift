import Upstreams

/// The mending of one stream that broke off: what is tried, and how the attempt under way is fitted to what was told.
final class Mending {
    /// How the stream broke off; told if nothing helps.
    let failure: CompletionEnd
    private var steps: ArraySlice<RecoveryStep>
    private var matcher: SpliceMatcher?

    /// The most attempts that one stream is mended with.
    private static let maxSteps = 6

    init(_ failure: CompletionEnd, _ steps: [RecoveryStep]) {
        self.failure = failure
        self.steps = steps.prefix(Self.maxSteps)
    }

    func nextStep() -> RecoveryStep? { steps.popFirst() }

    /// What is asked in this step; nil if the step cannot be taken.
    func request(
        _ step: RecoveryStep, _ request: CompletionRequest, _ transcript: Transcript, _ parser: JSONParser
    ) -> CompletionRequest? {
        switch step.way {
        case .splice: request
        case .continue: transcript.plainText.flatMap { request.continuing(after: $0, parser) }
        }
    }

    func begin(_ step: RecoveryStep, _ transcript: Transcript) {
        matcher = SpliceMatcher(transcript, continues: step.way == .continue)
    }

    var isCaughtUp: Bool { matcher?.isCaughtUp ?? false }

    func fit(_ event: JSONDocument, _ output: inout ByteBuffer) -> SpliceMatcher.Verdict {
        matcher?.fit(event, &output) ?? .misfit
    }
}

extension CompletionRequest {
    /// The same request with the text so far as the assistant's own beginning. Nil if it asks for several answers.
    fileprivate func continuing(after text: [UInt8], _ parser: JSONParser) -> CompletionRequest? {
        guard document.root["n"]?.int ?? 1 == 1, let messages = document.root["messages"] else { return nil }
        let end = messages.range.upperBound - 1
        var edited = ByteBuffer()
        document.withBytes { source in
            edited.append(source.extracting(0..<end))
            if messages.count > 0 { edited.append(",") }
            edited.append("{\"role\":\"assistant\",\"content\":")
            unsafe edited.appendJSONString(utf8: text.span.bytes)
            edited.append("}")
            edited.append(source.extracting(end..<source.byteCount))
        }
        return try? replacing(edited, parser)
    }
}
