import Glibc

/// One program at work: its pipes, its time and its end.
///
/// States: running → its output has ended, or it has exited → both: the end is told. Owns the three descriptors, and
/// kills the program with its group on every way out before its exit.
final class CommandCall: CompletionCall {
    private var decoder: CommandDecoder
    private let settings: CommandUpstream.Settings
    /// Milliseconds.
    private let timeout: Int
    private let reactor: any Reactor
    private var slot: InFlight.Slot?
    private var sink: (any CompletionSink)?
    private var program: (any RunningProgram)?
    private var input: ProgramPipe?
    private var output: ProgramPipe?
    private var errors: ProgramPipe?
    private var timer: (any ReactorTimer)?
    private var prompt = ByteBuffer()
    private var exit: ProgramExit?
    private var hasBegun = false
    private var outputBytes = 0
    /// The last that the program wrote to its standard error.
    private var complaint = ByteBuffer()

    /// Bytes read at once, and kept of the standard error.
    private static let readBytes = 65_536
    private static let maxComplaintBytes = 4096

    init(
        _ decoder: consuming CommandDecoder, settings: CommandUpstream.Settings, timeout: Int,
        reactor: any Reactor, slot: InFlight.Slot, sink: any CompletionSink
    ) {
        self.decoder = decoder
        self.settings = settings
        self.timeout = timeout
        self.reactor = reactor
        self.slot = slot
        self.sink = sink
    }

    func begin(_ program: any RunningProgram, _ prompt: consuming ByteBuffer) {
        self.program = program
        self.prompt = prompt
        input = ProgramPipe(program.input, reactor, .writable) { [unowned self] in write() }
        output = ProgramPipe(program.output, reactor, .readable) { [unowned self] in readOutput() }
        errors = ProgramPipe(program.errors, reactor, .readable) { [unowned self] in readErrors() }
        timer = reactor.timer { [unowned self] in expire() }
        timer?.arm(milliseconds: timeout)
    }

    func programDidExit(_ exit: ProgramExit) {
        self.exit = exit
        program = nil
        endIfOver()
    }

    // MARK: CompletionCall

    func cancel() { release() }

    func resume() { output?.want(.readable) }

    // MARK: Pipes

    /// A program need not read what it is told.
    private func write() {
        while !prompt.isEmpty {
            switch input?.write(prompt) {
            case .moved(let count)?: prompt.removeFirst(count)
            case .wouldBlock?: return
            case .ended?, nil: prompt.removeAll()
            }
        }
        input?.close()
        input = nil
    }

    private func readOutput() {
        var bytes = ByteBuffer()
        while let sink {
            if sink.isFull {
                output?.want([])
                return sink.didPause()
            }
            bytes.removeAll()
            switch output?.read(into: &bytes, Self.readBytes) {
            case .moved?: take(bytes)
            case .wouldBlock?: return
            case .ended?, nil:
                output?.close()
                output = nil
                return endIfOver()
            }
        }
    }

    private func take(_ bytes: borrowing ByteBuffer) {
        outputBytes += bytes.count
        guard outputBytes <= settings.maxOutputBytes else {
            return fail(UpstreamError(.oversized, "The program wrote more than the gateway takes."))
        }
        do {
            try bytes.withBytes { (bytes) throws(UpstreamError) in
                try decoder.feed(bytes) { payload, facts in append(payload, facts) }
            }
        } catch {
            fail(error)
        }
    }

    private func append(_ payload: RawSpan, _ facts: ChatChunkFacts) {
        guard let sink else { return }
        if !hasBegun {
            hasBegun = true
            sink.begin(AnswerHead(status: 200, lines: []))
        }
        self.sink?.append(payload, facts)
    }

    private func readErrors() {
        while let errors {
            switch errors.read(into: &complaint, Self.maxComplaintBytes) {
            case .moved:
                if complaint.count > Self.maxComplaintBytes {
                    complaint.removeFirst(complaint.count - Self.maxComplaintBytes)
                }
            case .wouldBlock: return
            case .ended:
                errors.close()
                self.errors = nil
            }
        }
    }

    // MARK: Endings

    private func endIfOver() {
        guard let exit, output == nil, sink != nil else { return }
        readErrors()
        guard exit == .status(0) else { return fail(failure(exit)) }
        do {
            try decoder.finish { payload, facts in append(payload, facts) }
            let sink = sink
            release()
            sink?.end(nil)
        } catch {
            fail(error)
        }
    }

    private func failure(_ exit: ProgramExit) -> UpstreamError {
        var message =
            switch exit {
            case .status(let status): "The program ended with status \(status)."
            case .signal(let signal): "The program was ended by signal \(signal)."
            }
        if settings.showsErrors, !complaint.isEmpty {
            message += " It wrote: \(String(decoding: complaint.copy(), as: UTF8.self))"
        }
        let told = OpenAIError(message: message, type: "server_error", code: "command_failed")
        return UpstreamError(.inBand, message, answer: UpstreamError.Answer(status: 500, told))
    }

    private func expire() {
        fail(UpstreamError(.totalTimeout, "The program took longer than \(timeout) ms."))
    }

    private func fail(_ error: UpstreamError) {
        let sink = sink
        release()
        sink?.end(error)
    }

    private func release() {
        program?.kill()
        program = nil
        sink = nil
        slot = nil
        timer?.cancel()
        timer = nil
        for pipe in [input, output, errors] { pipe?.close() }
        (input, output, errors) = (nil, nil, nil)
    }
}
