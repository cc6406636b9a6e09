import Upstreams

/// One call of a tool, as clients are told of it (API page, agent dialect).
struct AgentToolCall {
    enum Status: String {
        case pending, running, completed, error
    }

    let id: String
    let name: String
    /// As the model wrote them; JSON if the model did well.
    var arguments = ""
    var status = Status.pending
    var outcome: ToolOutcome?
    /// When it began, and how long it took.
    var startedAt: MonotonicTime?
    var milliseconds: Double?

    func write(to writer: inout JSONWriter, _ parser: JSONParser) {
        writer.object { object in
            object.member("id", id)
            object.member("name", name)
            object.key("arguments")
            Self.write(arguments: arguments, to: &object, parser)
            object.member("status", status.rawValue)
            switch outcome {
            case .result(let text):
                object.member("result", text)
                object.member("error", String?.none)
            case .failure(let text):
                object.member("result", String?.none)
                object.member("error", text)
            case nil:
                object.member("result", String?.none)
                object.member("error", String?.none)
            }
            object.member("execution_time_ms", milliseconds)
        }
    }

    /// What the model hears of it.
    var message: String {
        switch outcome {
        case .result(let text): text
        case .failure(let text): "Error: \(text)"
        case nil: "Error: The call was not made."
        }
    }

    /// An object where the model wrote one, else its words.
    private static func write(arguments: String, to writer: inout JSONWriter, _ parser: JSONParser) {
        let bytes = Array(arguments.utf8)
        guard let root = unsafe try? parser.parse(bytes.span.bytes).root, root.kind == .object else {
            return writer.element(arguments)
        }
        root.withSource { writer.element(raw: $0) }
    }
}
