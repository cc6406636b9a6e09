import Upstreams

/// One message to an agent, from the question to the last word: asks the model, runs the tools that it calls, gives the
/// results back, and asks again, until the model calls no more.
///
/// Owns the messages of the turn. One task of the loop runs `run`; whatever happens outside wakes it. States: asking →
/// reading (tools run meanwhile) → waiting for tools → asking … → over.
final class AgentRun {
    struct Settings {
        var model: String
        var instructions: String
        /// Messages of the conversation before this one, as JSON texts.
        var history: [[UInt8]]
        var tools: [any Tool]
        var limits: ToolRunner.Limits
        /// After so many rounds of calls the model is asked for its last word without tools.
        var maxRounds: Int
        /// Bytes of one answer, its calls included.
        var maxAnswerBytes = 8_388_608
    }

    /// How it ended, if it was not interrupted.
    struct Outcome {
        /// All text of the last answer.
        let text: String
        let calls: [AgentToolCall]
        /// What the conversation grew by, the question first.
        let messages: [[UInt8]]
    }

    private let settings: Settings
    private let model: any AgentModel
    private let events: any AgentEvents
    private let parser: JSONParser
    private let loop: any Reactor
    private let wakeup = Wakeup()
    private var isInterrupted = false
    private var messages: [[UInt8]]
    private var calls: [AgentToolCall] = []
    private var answer: (any AgentAnswer)?
    private var runner: ToolRunner?

    init(
        _ question: String, _ settings: Settings, asking model: any AgentModel, telling events: any AgentEvents,
        parser: JSONParser, loop: any Reactor
    ) {
        self.settings = settings
        self.model = model
        self.events = events
        self.parser = parser
        self.loop = loop
        messages = [Self.message(role: "user", question)]
    }

    // MARK: From outside

    func wake() { wakeup.wake() }

    /// The client has gone, or the process ends: model and tools stop at once.
    func interrupt() {
        isInterrupted = true
        runner?.cancel()
        answer?.close(isWanted: false)
        answer = nil
        wakeup.wake()
    }

    // MARK: The loop

    /// Nil: it was interrupted.
    func run() async throws(APIError) -> Outcome? {
        for round in 0...settings.maxRounds {
            let hasTools = round < settings.maxRounds && !settings.tools.isEmpty
            let text = try await ask(withTools: hasTools)
            guard let text, let runner else { return nil }
            while !runner.isIdle, !isInterrupted { await wakeup.wait() }
            if isInterrupted { return nil }
            note(text, runner.calls)
            if runner.calls.isEmpty || !hasTools {
                return Outcome(text: text, calls: calls, messages: messages)
            }
        }
        return nil
    }

    /// The text of one answer; its calls are handed to the runner meanwhile.
    private func ask(withTools hasTools: Bool) async throws(APIError) -> String? {
        let tools = Dictionary(settings.tools.map { ($0.definition.name, $0) }) { first, _ in first }
        let runner = ToolRunner(
            hasTools ? tools : [:], settings.limits, telling: events, parser: parser, loop: loop, waking: wakeup)
        self.runner = runner
        let request = Self.request(settings, messages, withTools: hasTools)
        guard let answer = try await model.ask(request, waking: wakeup) else { return nil }
        if isInterrupted {
            answer.close(isWanted: false)
            return nil
        }
        self.answer = answer
        do {
            let text = try await read(answer, runner)
            self.answer = nil
            if text != nil { answer.close(isWanted: true) }
            return text
        } catch {
            runner.cancel()
            self.answer = nil
            answer.close(isWanted: false)
            throw error
        }
    }

    private func read(_ answer: any AgentAnswer, _ runner: ToolRunner) async throws(APIError) -> String? {
        var text = ByteBuffer()
        var assembler = ToolCallAssembler()
        while !isInterrupted {
            if !events.isFull {
                try answer.drain { read($0, into: &text, &assembler, runner) }
                guard text.count + assembler.byteCount <= settings.maxAnswerBytes else {
                    throw .answerTooLarge(limit: settings.maxAnswerBytes)
                }
                if let end = answer.end {
                    try end.get()
                    for call in assembler.finish() { runner.add(call) }
                    return String(decoding: text.copy(), as: UTF8.self)
                }
            }
            await wakeup.wait()
        }
        return nil
    }

    private func read(
        _ event: RawSpan, into text: inout ByteBuffer, _ assembler: inout ToolCallAssembler, _ runner: ToolRunner
    ) {
        guard let choices = (try? parser.parse(event))?.root["choices"] else { return }
        for choice in choices.elements where choice.isFirstChoice {
            guard let delta = choice["delta"] else { continue }
            for part in [delta["content"], delta["refusal"]] where part?.utf8Count ?? 0 > 0 {
                _ = part?.withUTF8 { utf8 in
                    text.append(utf8)
                    events.chunk(utf8)
                }
            }
            guard let calls = delta["tool_calls"] else { continue }
            for call in assembler.take(calls) { runner.add(call) }
        }
    }

    // MARK: Messages

    /// The first request of a turn.
    static func request(_ question: String, _ settings: Settings) -> ByteBuffer {
        request(settings, [message(role: "user", question)], withTools: !settings.tools.isEmpty)
    }

    private static func request(
        _ settings: Settings, _ messages: [[UInt8]], withTools hasTools: Bool
    ) -> ByteBuffer {
        var text = ByteBuffer()
        text.appendJSON {
            $0.object { body in
                body.member("model", settings.model)
                body.array("messages") { list in
                    if !settings.instructions.isEmpty {
                        unsafe list.element(raw: message(role: "system", settings.instructions).span.bytes)
                    }
                    for message in settings.history + messages { unsafe list.element(raw: message.span.bytes) }
                }
                body.member("stream", true)
                guard hasTools else { return }
                body.array("tools") { list in for tool in settings.tools { tool.definition.write(to: &list) } }
            }
        }
        return text
    }

    /// Adds the model's answer and the results of its calls, in the order of the calls.
    private func note(_ text: String, _ answered: [AgentToolCall]) {
        calls += answered
        guard !answered.isEmpty else { return messages.append(Self.message(role: "assistant", text)) }
        var message = ByteBuffer()
        message.appendJSON {
            $0.object { body in
                body.member("role", "assistant")
                body.member("content", text.isEmpty ? nil : text)
                body.array("tool_calls") { list in
                    for call in answered {
                        list.object {
                            $0.member("id", call.id)
                            $0.member("type", "function")
                            $0.object("function") {
                                $0.member("name", call.name)
                                $0.member("arguments", call.arguments)
                            }
                        }
                    }
                }
            }
        }
        messages.append(message.copy())
        for call in answered {
            var result = ByteBuffer()
            result.appendJSON {
                $0.object {
                    $0.member("role", "tool")
                    $0.member("tool_call_id", call.id)
                    $0.member("content", call.message)
                }
            }
            messages.append(result.copy())
        }
    }

    private static func message(role: StaticString, _ content: String) -> [UInt8] {
        var message = ByteBuffer()
        message.appendJSON {
            $0.object {
                $0.member("role", role)
                $0.member("content", content)
            }
        }
        return message.copy()
    }
}
