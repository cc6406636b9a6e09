import Upstreams

extension CompletionRequest {
    /// A request with this text, and with what the client's head says besides.
    convenience init(
        _ document: JSONDocument, model: String, isStream: Bool, wantsUsage: Bool = false,
        alternatives: [String] = [], hasAnthropicMembers: Bool = false, operation: ModelOperation = .chat,
        in context: DialectContext
    ) {
        self.init(
            document: document, model: model, isStream: isStream, wantsUsage: wantsUsage,
            requestID: context.requestID, fields: ForwardedFields.select(context.head),
            callerKey: context.callerKey, alternatives: alternatives, hasAnthropicMembers: hasAnthropicMembers,
            operation: operation)
    }

    /// A request that a dialect makes: the model, whether it is a stream, and the messages, which `messages` writes as
    /// elements of an array.
    static func make(
        model: String, isStream: Bool, in context: DialectContext, messages: (inout JSONWriter) -> Void
    ) throws(APIError) -> CompletionRequest {
        var text = ByteBuffer()
        text.appendJSON {
            $0.object {
                $0.member("model", model)
                $0.array("messages", messages)
                $0.member("stream", isStream)
            }
        }
        do {
            let document = try text.withBytes { (bytes) throws(JSONError) in try context.parser.parse(bytes) }
            return CompletionRequest(document, model: model, isStream: isStream, in: context)
        } catch {
            throw APIError(error)
        }
    }
}

extension JSONWriter {
    /// A message with this text.
    mutating func message(role: String, _ content: String) {
        object {
            $0.member("role", role)
            $0.member("content", content)
        }
    }

    /// A message with the content that `content` is, as it is written there.
    mutating func message(role: String, _ content: JSONValue) {
        object { writer in
            writer.member("role", role)
            content.withSource { writer.member("content", raw: $0) }
        }
    }
}
