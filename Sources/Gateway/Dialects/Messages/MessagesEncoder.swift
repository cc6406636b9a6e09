import Upstreams

/// Writes an answer as events of the Messages API (docs.anthropic.com, "Streaming messages").
///
/// States: nothing said → begun (`message_start`) → ended (`message_delta` and `message_stop`, or `error`). Between them
/// blocks come one after another, at most one of them open. Usage is told at the end, when it is known. Whole answers
/// are in `MessagesAnswer`.
final class MessagesEncoder: AnswerEncoder {
    private enum Block: Equatable {
        case none, text, thinking
        /// `index`: of the call in the canonical form.
        case tool(index: Int)
    }

    private let parser: JSONParser
    private let requestID: String
    private let model: String
    private let showsThinking: Bool
    private var hasBegun = false
    private var open = Block.none
    /// Blocks so far, the open one included.
    private var blocks = 0
    private var calls = CallIndexes()
    /// A piece of a call came after the next call had begun: the form cannot say that.
    private var isMixed = false
    private var stop: MessagesStop?
    private var usage = MessagesUsage()
    private var data = ByteBuffer()

    /// - Parameters:
    ///   - model: what is said where the answer names none.
    ///   - showsThinking: the client asked for it; others might take the first block for the answer.
    init(_ parser: JSONParser, requestID: String, model: String, showsThinking: Bool) {
        self.parser = parser
        self.requestID = requestID
        self.model = model
        self.showsThinking = showsThinking
    }

    // MARK: AnswerEncoder

    func event(_ payload: RawSpan, to output: inout EventWriter) {
        guard let chunk = try? parser.parse(payload).root else { return }
        usage.take(chunk["usage"])
        begin(chunk, &output)
        for choice in chunk["choices"]?.elements ?? chunk.elements where choice.isFirstChoice {
            if let delta = choice.present("delta") { take(delta, &output) }
            if choice.present("finish_reason") != nil { stop = MessagesStop(choice, hasCalls: calls.count > 0) }
        }
    }

    func keepAlive(to output: inout EventWriter) {
        send("ping", to: &output) { $0.member("type", "ping") }
    }

    func end(to output: inout EventWriter) throws(APIError) {
        begin(nil, &output)
        close(&output)
        if isMixed { throw .mixedCalls }
        send("message_delta", to: &output) { event in
            event.member("type", "message_delta")
            event.object("delta") { delta in
                (stop ?? .end).write(to: &delta)
            }
            usage.write(to: &event)
        }
        send("message_stop", to: &output) { $0.member("type", "message_stop") }
    }

    func fail(_ error: APIError, provider: [UInt8]?, to output: inout EventWriter) {
        let told = provider.flatMap { MessagesError(provider: $0, parser) } ?? MessagesError(error)
        data.removeAll()
        told.write(requestID: requestID, to: &data)
        data.withBytes { output.event("error", $0) }
    }

    func whole(_ answer: RawSpan, _ send: (RawSpan) -> Void) {
        guard let root = try? parser.parse(answer).root else { return send(answer) }
        data.removeAll()
        MessagesAnswer(root, model: model, showsThinking: showsThinking, parser).write(to: &data)
        data.withBytes(send)
    }

    func refusal(for error: UpstreamError) -> APIError? { APIError(error, parser) }

    // MARK: The beginning

    private func begin(_ chunk: JSONValue?, _ output: inout EventWriter) {
        guard !hasBegun else { return }
        hasBegun = true
        send("message_start", to: &output) { event in
            event.member("type", "message_start")
            event.object("message") { message in
                MessagesAnswer.writeHead(chunk, model: model, &message)
                message.array("content") { _ in }
                message.member("stop_reason", String?.none)
                message.member("stop_sequence", String?.none)
                usage.write(to: &message)
            }
        }
    }

    // MARK: Deltas

    private func take(_ delta: JSONValue, _ output: inout EventWriter) {
        if showsThinking {
            if let text = delta["reasoning_content"] ?? delta["reasoning"], text.isFilledString { think(text, &output) }
            for block in delta["thinking_blocks"]?.elements ?? delta.elements { endThinking(block, &output) }
        }
        for text in [delta["content"], delta["refusal"]] {
            if let text, text.isFilledString { say(text, &output) }
        }
        for call in delta["tool_calls"]?.elements ?? delta.elements { take(call: call, &output) }
    }

    private func say(_ text: JSONValue, _ output: inout EventWriter) {
        if open != .text {
            start(.text, &output) {
                $0.member("type", "text")
                $0.member("text", "")
            }
        }
        add("text_delta", &output) { $0.member("text", copying: text) }
    }

    // MARK: Thinking

    private func think(_ text: JSONValue, _ output: inout EventWriter) {
        if open != .thinking { startThinking(&output) }
        add("thinking_delta", &output) { $0.member("thinking", copying: text) }
    }

    private func startThinking(_ output: inout EventWriter) {
        start(.thinking, &output) {
            $0.member("type", "thinking")
            $0.member("thinking", "")
            $0.member("signature", "")
        }
    }

    /// A block of thinking with its signature. Its text was said piece by piece before, if it was said at all.
    private func endThinking(_ block: JSONValue, _ output: inout EventWriter) {
        guard block["type"]?.isString("thinking") == true else {
            start(.none, &output) { redacted in
                redacted.member("type", "redacted_thinking")
                if let data = block["data"] { redacted.member("data", copying: data) }
            }
            return stopBlock(&output)
        }
        if open != .thinking {
            startThinking(&output)
            if let text = block["thinking"], text.isFilledString {
                add("thinking_delta", &output) { $0.member("thinking", copying: text) }
            }
        }
        if let signature = block["signature"], signature.isFilledString {
            add("signature_delta", &output) { $0.member("signature", copying: signature) }
        }
        close(&output)
    }

    // MARK: Tools

    private func take(call: JSONValue, _ output: inout EventWriter) {
        let (index, isNew) = calls.take(call)
        if isNew {
            start(.tool(index: index), &output) { block in
                MessagesAnswer.writeCall(call, number: calls.count, &block)
                block.object("input") { _ in }
            }
        }
        guard let arguments = call["function"]?["arguments"], arguments.isFilledString else { return }
        guard open == .tool(index: index) else {
            isMixed = true
            return
        }
        add("input_json_delta", &output) { $0.member("partial_json", copying: arguments) }
    }

    // MARK: Blocks

    private func start(_ block: Block, _ output: inout EventWriter, _ body: (inout JSONWriter) -> Void) {
        close(&output)
        open = block
        blocks += 1
        send("content_block_start", to: &output) { event in
            event.member("type", "content_block_start")
            event.member("index", blocks - 1)
            event.object("content_block", body)
        }
    }

    private func add(_ type: StaticString, _ output: inout EventWriter, _ body: (inout JSONWriter) -> Void) {
        send("content_block_delta", to: &output) { event in
            event.member("type", "content_block_delta")
            event.member("index", blocks - 1)
            event.object("delta") { delta in
                delta.member("type", type)
                body(&delta)
            }
        }
    }

    private func close(_ output: inout EventWriter) {
        if open != .none { stopBlock(&output) }
    }

    private func stopBlock(_ output: inout EventWriter) {
        open = .none
        send("content_block_stop", to: &output) { event in
            event.member("type", "content_block_stop")
            event.member("index", blocks - 1)
        }
    }

    private func send(_ type: StaticString, to output: inout EventWriter, _ body: (inout JSONWriter) -> Void) {
        data.removeAll()
        data.appendJSON { $0.object(body) }
        data.withBytes { output.event(type, $0) }
    }
}
