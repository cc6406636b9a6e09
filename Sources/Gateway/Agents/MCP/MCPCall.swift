import Upstreams

/// One message on its way to an MCP server, and its answer: JSON, or an event stream that holds it among others
/// (Model Context Protocol, revision 2025-06-18, "Streamable HTTP").
///
/// States: started → over, after one word to its completion; or cancelled, without any. Other messages of the stream
/// are passed over: the gateway offers servers nothing that they could ask for.
final class MCPCall: TransferReceiver {
    struct Answer {
        /// The `result` of the answer; nil for a notification.
        let result: JSONValue?
        /// The session that the server names.
        let session: String?
    }

    typealias Completion = CallEnding<Answer, MCPFault>.Completion

    private let id: Int?
    private let limits: Limits
    private let parser: JSONParser
    private let ending: CallEnding<Answer, MCPFault>
    private var head: AnswerHead?
    private var body: [UInt8] = []
    private var events: SSEParser
    private var received = 0

    struct Limits: Sendable {
        /// Bytes of an answer with all that comes around it.
        var maxBytes: Int
        /// Milliseconds until the answer must be there.
        var timeout: Int
    }

    /// `completion` hears nothing before this returns.
    init(
        _ message: MCPRequest, fields: [HTTPField], path: String, over transport: any HTTPTransport, _ limits: Limits,
        reactor: any Reactor, parser: JSONParser, completion: @escaping Completion
    ) {
        id = message.id
        self.limits = limits
        self.parser = parser
        events = SSEParser(maxEventBytes: limits.maxBytes)
        let words = "The tool server did not answer within \(limits.timeout) ms."
        ending = CallEnding(
            timeout: limits.timeout, late: MCPFault(kind: .unreachable, message: words), reactor: reactor,
            completion: completion)
        ending.begin(
            transport.start(TransportRequest(path: path, fields: fields, body: ByteBuffer(message.body)), self))
    }

    /// Nobody wants to know any more.
    func cancel() { ending.cancel() }

    // MARK: TransferReceiver

    func transferDidReceive(_ head: AnswerHead) { self.head = head }

    func transferDidReceive(_ bytes: RawSpan) -> TransferFlow {
        received += bytes.byteCount
        guard received <= limits.maxBytes else {
            fail(.unreachable, "The tool server's answer has more than \(limits.maxBytes) bytes.")
            return .more
        }
        if isSuccess, head?.isEventStream == true {
            read(bytes)
        } else {
            unsafe bytes.withUnsafeBytes { unsafe body.append(contentsOf: $0) }
        }
        return .more
    }

    func transferDidEnd(_ failure: TransportFailure?) {
        ending.transferDidEnd()
        if let failure {
            return fail(
                .unreachable, WholeCall.Failure.transport(failure).words(limits.timeout, limits.maxBytes))
        }
        guard let head else { return fail(.unreachable, "The tool server did not answer.") }
        guard isSuccess else {
            let isGone = head.status == 404
            return fail(isGone ? .sessionGone : .unreachable, "The tool server answered with status \(head.status).")
        }
        if id == nil { return finish(nil) }
        if head.isEventStream { return fail(.unreachable, "The tool server's stream ended without an answer.") }
        if unsafe !take(body.span.bytes) { fail(.unreachable, "The tool server's answer is not what was asked for.") }
    }

    private var isSuccess: Bool { head.map { (200...299).contains($0.status) } ?? false }

    // MARK: Messages

    private func read(_ bytes: RawSpan) {
        var found: [UInt8]?
        do throws(SSEError<Never>) {
            try events.feed(bytes) { [self] data, _ in
                if found == nil, isAnswer(data) { found = unsafe data.withUnsafeBytes { unsafe Array($0) } }
            }
        } catch {
            return fail(.unreachable, "The tool server's stream cannot be read.")
        }
        if let found { _ = unsafe take(found.span.bytes) }
    }

    private func isAnswer(_ message: RawSpan) -> Bool {
        guard let id, let root = try? parser.parse(message).root else { return false }
        return root["id"]?.int == id && root["method"] == nil
    }

    /// False: the message is no answer to ours.
    private func take(_ message: RawSpan) -> Bool {
        guard let root = try? parser.parse(message).root, root["id"]?.int == id else { return false }
        if let error = root["error"], !error.isNull {
            fail(.refused, error["message"]?.string ?? "The tool server refused the call.")
        } else if let result = root["result"] {
            finish(result)
        } else {
            return false
        }
        return true
    }

    // MARK: Endings

    private func finish(_ result: JSONValue?) {
        ending.end(.success(Answer(result: result, session: head?.value(of: "mcp-session-id"))))
    }

    private func fail(_ kind: MCPFault.Kind, _ message: String) {
        ending.end(.failure(MCPFault(kind: kind, message: message)))
    }
}
