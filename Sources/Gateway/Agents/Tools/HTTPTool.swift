import Upstreams

/// A tool of the configuration: one HTTP request, and a part of its answer.
final class HTTPTool: Tool {
    struct Settings: Sendable {
        var method: TransportRequest.Method
        var url: ToolURL
        /// Nil: the arguments as they are.
        var body: [UInt8]?
        /// Which part of the answer is the result; nil: all of it, JSON or not.
        var result: JSONPointer?
        /// Milliseconds until the whole answer must be there.
        var timeout: Int
        /// Bytes of the answer.
        var maxAnswerBytes: Int
    }

    let definition: ToolDefinition
    private let settings: Settings
    private let body: ToolBody?
    private let transport: any HTTPTransport
    private let reactor: any Reactor
    private let parser: JSONParser

    /// Bytes of a refusal that the model is shown.
    private static let maxRefusalBytes = 500

    /// `transport` reaches the origin of the settings' URL.
    init(
        _ definition: ToolDefinition, _ settings: Settings, over transport: any HTTPTransport, reactor: any Reactor,
        parser: JSONParser
    ) {
        self.definition = definition
        self.settings = settings
        self.transport = transport
        self.reactor = reactor
        self.parser = parser
        body = settings.body.flatMap { text in
            (unsafe try? parser.parse(text.span.bytes)).map { ToolBody($0.root) }
        }
    }

    func run(_ arguments: JSONValue, _ done: @escaping (ToolOutcome) -> Void) -> (any RunningTool)? {
        do throws(ToolFault) {
            var request = TransportRequest(
                path: try settings.url.target(arguments), fields: [], body: try makeBody(arguments))
            request.method = settings.method
            return WholeCall(
                request, over: transport, maxBytes: settings.maxAnswerBytes, timeout: settings.timeout,
                reactor: reactor
            ) { [self] result in
                done(outcome(result))
            }
        } catch {
            done(.failure(error.message))
            return nil
        }
    }

    private func makeBody(_ arguments: JSONValue) throws(ToolFault) -> ByteBuffer {
        var text = ByteBuffer()
        guard settings.method.hasBody else { return text }
        if let body { try body.write(arguments, to: &text) } else { arguments.withSource { text.append($0) } }
        return text
    }

    // MARK: Answers

    private func outcome(_ result: Result<WholeCall.Answer, WholeCall.Failure>) -> ToolOutcome {
        switch result {
        case .success(let answer): outcome(answer)
        case .failure(let failure): .failure(failure.words(settings.timeout, settings.maxAnswerBytes))
        }
    }

    private func outcome(_ answer: WholeCall.Answer) -> ToolOutcome {
        guard (200...299).contains(answer.head.status) else {
            let words = String(decoding: answer.body.prefix(Self.maxRefusalBytes), as: UTF8.self)
            return .failure(
                "The service answered with status \(answer.head.status)" + (words.isEmpty ? "." : ": \(words)"))
        }
        guard let pointer = settings.result else { return .result(String(decoding: answer.body, as: UTF8.self)) }
        guard let document = unsafe try? parser.parse(answer.body.span.bytes) else {
            return .failure("The service's answer is not JSON.")
        }
        guard let value = pointer.find(in: document.root) else {
            return .failure("The service's answer does not hold what was expected.")
        }
        return .result(value.string ?? value.sourceText)
    }
}

extension WholeCall: RunningTool {}

extension WholeCall.Failure {
    /// For a model; no word of addresses.
    func words(_ timeout: Int, _ maxBytes: Int) -> String {
        switch self {
        case .timeout: "The service did not answer within \(timeout) ms."
        case .tooLarge: "The service's answer has more than \(maxBytes) bytes."
        case .transport(.resolve): "The service's name cannot be resolved."
        case .transport(.connect), .transport(.connectTimeout): "The service cannot be reached."
        case .transport(.tls): "No secure connection to the service can be made."
        case .transport: "The connection to the service broke."
        }
    }
}

extension JSONValue {
    /// The value as it is written.
    var sourceText: String {
        withSource { source in unsafe source.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) } }
    }
}
