/// A local model for trying and testing: answers with the last message (docs/echo.md).
///
/// - The answer is the text of the last message, or the first reply of `script` whose `match` the text holds.
/// - A line `call NAME {arguments}` in the answer becomes a call of the tool `NAME`, if the request offers that tool.
/// - Embeddings and moderations are made up of the text as well: see `EchoEmbeddings` and `EchoModeration`.
/// - A token is one piece of text with the blanks that follow it; `max_tokens` cuts the answer.
package final class EchoUpstream: Upstream {
    package struct Settings: Sendable {
        /// How much of the answer one event carries.
        package enum Chunk: Sendable { case character, word, line, whole }

        package struct Reply: Sendable {
            package var match: String
            package var reply: String

            package init(match: String, reply: String) {
                self.match = match
                self.reply = reply
            }
        }

        package var chunk = Chunk.word
        /// Milliseconds before the first event.
        package var firstEventDelay = 0
        /// Milliseconds between events.
        package var gap = 0
        /// Content events after which the stream breaks off.
        package var failAfter: Int?
        /// HTTP status of an error that answers every call.
        package var status: Int?
        package var script: [Reply] = []

        package init() {}
    }

    private let settings: Settings
    private let reactor: any Reactor
    private let wallClock: () -> Int
    private var callsMade = 0

    /// `wallClock`: seconds since 1970.
    package init(settings: Settings, reactor: any Reactor, wallClock: @escaping () -> Int) {
        self.settings = settings
        self.reactor = reactor
        self.wallClock = wallClock
    }

    package func start(
        _ request: CompletionRequest, _ terms: CallTerms, sink: any CompletionSink
    ) -> any CompletionCall {
        if let status = settings.status {
            return RefusedCall(refusal(status), reactor: reactor, sink: sink)
        }
        switch request.operation {
        case .chat: return chat(request, terms, sink)
        case .embeddings: return embed(request, terms, sink)
        case .moderations:
            let answer = EchoModeration(of: request.document.root).json(id: request.requestID, model: terms.model)
            return EchoWholeCall(answer, promptTokens: 0, settings: settings, reactor: reactor, sink: sink)
        case .images, .audio, .files, .batches, .responses: preconditionFailure("not served")
        }
    }

    package func serves(_ operation: ModelOperation) -> Bool { !operation.isRelayed }

    private func embed(
        _ request: CompletionRequest, _ terms: CallTerms, _ sink: any CompletionSink
    ) -> any CompletionCall {
        do throws(UpstreamError) {
            let answer = try EchoEmbeddings(to: request.document.root)
            return EchoWholeCall(
                answer.json(model: terms.model), promptTokens: answer.promptTokens, settings: settings,
                reactor: reactor, sink: sink)
        } catch {
            return RefusedCall(error, reactor: reactor, sink: sink)
        }
    }

    private func chat(
        _ request: CompletionRequest, _ terms: CallTerms, _ sink: any CompletionSink
    ) -> any CompletionCall {
        callsMade += 1
        let answer = EchoAnswer(to: request.document.root, script: settings.script)
        let encoder = EchoEncoder(id: request.requestID, number: callsMade, model: terms.model, created: wallClock())
        let call = EchoCall(answer, encoder, request: request, settings: settings, reactor: reactor, sink: sink)
        call.start()
        return call
    }

    private func refusal(_ status: Int) -> UpstreamError {
        let type = status == 429 ? "requests" : status < 500 ? "invalid_request_error" : "server_error"
        let error = OpenAIError(
            message: "The echo model answers with status \(status), as configured.", type: type,
            code: status == 429 ? "rate_limit_exceeded" : nil)
        let lines = Array("content-type: application/json\r\n".utf8)
        return UpstreamError(
            status: status, answer: .init(status: status, lines: lines, error), ownCredentials: false)
    }
}
