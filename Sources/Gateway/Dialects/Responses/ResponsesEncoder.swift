import Upstreams

/// Writes an answer as events of the Responses API (OpenAI API reference, "Streaming events"), each with its number.
///
/// States: nothing said → begun (`response.created`, `response.in_progress`) → ended (`response.completed`,
/// `response.incomplete`, or `error` and `response.failed`). Between them items come one after another, at most one of
/// them open and in it at most one part; what they hold is kept, up to a bound, since the events that close them repeat
/// it. Whole answers are in `ResponseAnswer`.
final class ResponsesEncoder: AnswerEncoder {
    private let parser: JSONParser
    private let settings: ResponseSettings
    private let maxBytes: Int
    private var head: ResponseHead?
    private var sequence = 0
    private var item: ResponseItem?
    private var itemID = ""
    private var part: ResponsePart?
    /// Items and parts that are closed, and what they are in JSON, commas between them.
    private var itemCount = 0
    private var items = ByteBuffer()
    private var partCount = 0
    private var parts = ByteBuffer()
    /// The text of the open part, or the arguments of the open call, as a JSON string; its last quote comes at the end.
    private var text = ByteBuffer()
    private var calls = CallIndexes()
    /// A piece of a call came after the next call had begun: the order of the events cannot say that.
    private var isMixed = false
    /// There is more than is kept: nothing further is told but the error.
    private var isTooLarge = false
    private var status = ResponseStatus.completed
    private var usage = ResponseUsage()
    private var data = ByteBuffer()

    /// - Parameter maxBytes: the longest answer, in bytes of its JSON.
    init(_ parser: JSONParser, _ settings: ResponseSettings, maxBytes: Int) {
        self.parser = parser
        self.settings = settings
        self.maxBytes = maxBytes
    }

    // MARK: AnswerEncoder

    func event(_ payload: RawSpan, to output: inout EventWriter) {
        guard !isTooLarge, let chunk = try? parser.parse(payload).root else { return }
        usage.take(chunk["usage"])
        begin(chunk, &output)
        for choice in chunk["choices"]?.elements ?? chunk.elements where choice.isFirstChoice {
            if let delta = choice.present("delta") { take(delta, &output) }
            if let finish = choice.present("finish_reason") { status = ResponseStatus(finish: finish) }
        }
    }

    func end(to output: inout EventWriter) throws(APIError) {
        begin(nil, &output)
        if isTooLarge { throw .answerTooLarge(limit: maxBytes) }
        if isMixed { throw .mixedCalls }
        close(status.ofLastItem, &output)
        tell(status, status.event, &output)
    }

    func fail(_ error: APIError, provider: [UInt8]?, to output: inout EventWriter) {
        let told = provider.flatMap { ResponseError(provider: $0, parser) } ?? ResponseError(error)
        send("error", to: &output) { told.write(to: &$0) }
        if head != nil { tell(.failed(told), ResponseStatus.failed(told).event, &output) }
    }

    func whole(_ answer: RawSpan, _ send: (RawSpan) -> Void) {
        guard let root = try? parser.parse(answer).root else { return send(answer) }
        data.removeAll()
        ResponseAnswer(root, settings).write(to: &data)
        data.withBytes(send)
    }

    // MARK: The response

    private func begin(_ chunk: JSONValue?, _ output: inout EventWriter) {
        guard head == nil else { return }
        head = ResponseHead(chunk, settings)
        tell(.inProgress, "response.created", &output)
        tell(.inProgress, "response.in_progress", &output)
    }

    private func tell(_ status: ResponseStatus, _ type: StaticString, _ output: inout EventWriter) {
        send(type, to: &output) { event in
            event.object("response") { response in
                let told = if case .inProgress = status { ResponseUsage() } else { usage }
                head?.write(status, told, settings, to: &response) { list in
                    if itemCount > 0 { items.withBytes { list.element(raw: $0) } }
                }
            }
        }
    }

    // MARK: Deltas

    private func take(_ delta: JSONValue, _ output: inout EventWriter) {
        if let piece = delta["reasoning_content"] ?? delta["reasoning"], piece.isFilledString {
            say(piece, .reasoning, &output)
        }
        if let piece = delta["content"], piece.isFilledString { say(piece, .text, &output) }
        if let piece = delta["refusal"], piece.isFilledString { say(piece, .refusal, &output) }
        for call in delta["tool_calls"]?.elements ?? delta.elements { take(call: call, &output) }
    }

    private func say(_ piece: JSONValue, _ part: ResponsePart, _ output: inout EventWriter) {
        if self.part != part {
            let item = part == .reasoning ? ResponseItem.reasoning : .message
            if self.item == item { closePart(&output) } else { open(item, &output) }
            open(part, &output)
        }
        add(piece)
        send(part.delta, to: &output) { event in
            writePlace(&event)
            event.member("delta", copying: piece)
            if part == .text { event.array("logprobs") { _ in } }
        }
    }

    private func take(call: JSONValue, _ output: inout EventWriter) {
        let (index, isNew) = calls.take(call)
        if isNew { open(ResponseItem(call: call, index: index, number: calls.count), &output) }
        guard let arguments = call["function"]?["arguments"], arguments.isFilledString else { return }
        guard case .call(index, _, _) = item else {
            isMixed = true
            return
        }
        add(arguments)
        send("response.function_call_arguments.delta", to: &output) { event in
            event.member("item_id", itemID)
            event.member("output_index", itemCount)
            event.member("delta", copying: arguments)
        }
    }

    /// Keeps a piece of the open text as it is written, without its quotes.
    private func add(_ piece: JSONValue) {
        guard items.count + parts.count + text.count + piece.range.count <= maxBytes else { return isTooLarge = true }
        piece.withSource { text.append($0.extracting(1..<$0.byteCount - 1)) }
    }

    // MARK: Items

    private func open(_ item: ResponseItem, _ output: inout EventWriter) {
        close("completed", &output)
        self.item = item
        itemID = head?.item(item.prefix, itemCount) ?? ""
        restartText()
        send("response.output_item.added", to: &output) { event in
            event.member("output_index", itemCount)
            event.object("item") { written in
                item.write(id: itemID, status: "in_progress", to: &written) { content in
                    if case .call = item { content.element("") }
                }
            }
        }
    }

    private func close(_ status: StaticString, _ output: inout EventWriter) {
        guard let item else { return }
        closePart(&output)
        if case .call(_, _, let name) = item {
            text.append("\"")
            send("response.function_call_arguments.done", to: &output) { event in
                event.member("item_id", itemID)
                event.member("output_index", itemCount)
                event.member("name", name)
                text.withBytes { event.member("arguments", raw: $0) }
            }
        }
        send("response.output_item.done", to: &output) { event in
            event.member("output_index", itemCount)
            event.object("item") { write(item, status, &$0) }
        }
        if itemCount > 0 { items.append(",") }
        items.appendJSON { $0.object { write(item, status, &$0) } }
        itemCount += 1
        partCount = 0
        parts.removeAll()
        self.item = nil
    }

    /// An item that is closed.
    private func write(_ item: ResponseItem, _ status: StaticString, _ writer: inout JSONWriter) {
        item.write(id: itemID, status: status, to: &writer) { content in
            if case .call = item {
                text.withBytes { content.element(raw: $0) }
            } else if partCount > 0 {
                parts.withBytes { content.element(raw: $0) }
            }
        }
    }

    // MARK: Parts

    private func open(_ part: ResponsePart, _ output: inout EventWriter) {
        self.part = part
        restartText()
        send("response.content_part.added", to: &output) { event in
            writePlace(&event)
            event.object("part") { part.write(to: &$0) { $0.element("") } }
        }
    }

    private func closePart(_ output: inout EventWriter) {
        guard let part else { return }
        text.append("\"")
        send(part.done, to: &output) { event in
            writePlace(&event)
            text.withBytes { event.member(part.key, raw: $0) }
            if part == .text { event.array("logprobs") { _ in } }
        }
        send("response.content_part.done", to: &output) { event in
            writePlace(&event)
            event.object("part") { write(part, &$0) }
        }
        if partCount > 0 { parts.append(",") }
        parts.appendJSON { $0.object { write(part, &$0) } }
        partCount += 1
        self.part = nil
    }

    /// A part that is closed.
    private func write(_ part: ResponsePart, _ writer: inout JSONWriter) {
        part.write(to: &writer) { writer in text.withBytes { writer.element(raw: $0) } }
    }

    private func writePlace(_ event: inout JSONWriter) {
        event.member("item_id", itemID)
        event.member("output_index", itemCount)
        event.member("content_index", partCount)
    }

    private func restartText() {
        text.removeAll()
        text.append("\"")
    }

    // MARK: Events

    private func send(_ type: StaticString, to output: inout EventWriter, _ body: (inout JSONWriter) -> Void) {
        data.removeAll()
        data.appendJSON {
            $0.object { event in
                event.member("type", type)
                event.member("sequence_number", sequence)
                body(&event)
            }
        }
        sequence += 1
        data.withBytes { output.event(type, $0) }
    }
}
