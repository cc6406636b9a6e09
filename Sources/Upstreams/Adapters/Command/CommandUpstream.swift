/// A local program that answers, on one worker (docs/upstreams.md): the prompt on its standard input, the answer on its
/// standard output, one process for each call.
package final class CommandUpstream: Upstream {
    package struct Settings: Sendable {
        package enum Input: String, CaseIterable, Sendable {
            /// The text of the last user message.
            case prompt
            /// The whole request as JSON.
            case messages
        }

        package enum Output: String, CaseIterable, Sendable {
            /// The text of the answer.
            case text
            /// Lines of JSON, each with `content`, `error`, or a whole chunk.
            case jsonLines = "json_lines"
        }

        package var program: Program
        package var input = Input.prompt
        package var output = Output.text
        /// Milliseconds for a call.
        package var timeout = 60_000
        /// Bytes of standard output.
        package var maxOutputBytes = 16 << 20
        /// Bytes of one line of JSON.
        package var maxLineBytes = 2 << 20
        /// Programs at one time.
        package var maxInFlight = 16
        /// Whether clients are told what a program that failed wrote to its standard error.
        package var showsErrors = false

        package init(program: Program) { self.program = program }
    }

    private let settings: Settings
    private let runner: any ProgramRunner
    private let reactor: any Reactor
    private let parser: JSONParser
    private let inFlight: InFlight
    private let wallClock: () -> Int

    /// `wallClock`: seconds since 1970.
    package init(
        settings: Settings, runner: any ProgramRunner, reactor: any Reactor, parser: JSONParser, inFlight: InFlight,
        wallClock: @escaping () -> Int
    ) {
        self.settings = settings
        self.runner = runner
        self.reactor = reactor
        self.parser = parser
        self.inFlight = inFlight
        self.wallClock = wallClock
    }

    package func start(
        _ request: CompletionRequest, _ terms: CallTerms, sink: any CompletionSink
    ) -> any CompletionCall {
        guard let slot = terms.slot ?? inFlight.take(atMost: settings.maxInFlight) else {
            let error = UpstreamError(.overloaded, "As many programs run for this model as the gateway allows.")
            return RefusedCall(error, reactor: reactor, sink: sink)
        }
        let chunks = ChatChunkEncoder(id: "chatcmpl-\(request.requestID)", model: terms.model, created: wallClock())
        let decoder = CommandDecoder(
            parser: parser, chunks: chunks, format: settings.output, isStream: request.isStream,
            maxLineBytes: settings.maxLineBytes)
        let call = CommandCall(
            decoder, settings: settings, timeout: terms.timeouts?.total ?? settings.timeout, reactor: reactor,
            slot: slot, sink: sink)
        var program = settings.program
        program.environment += ["SLUICE_MODEL=\(terms.model)", "SLUICE_REQUEST_ID=\(request.requestID)"]
        do {
            call.begin(try runner.start(program) { [weak call] in call?.programDidExit($0) }, input(request))
            return call
        } catch {
            return RefusedCall(
                UpstreamError(.connect, "The program could not be started: \(error.reason)."), reactor: reactor,
                sink: sink)
        }
    }

    private func input(_ request: CompletionRequest) -> ByteBuffer {
        var input = ByteBuffer()
        switch settings.input {
        case .messages:
            request.document.root.withSource { input.append($0) }
            input.append("\n")
        case .prompt:
            request.appendPrompt(to: &input)
        }
        return input
    }
}
