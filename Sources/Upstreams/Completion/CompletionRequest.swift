/// The canonical request: an OpenAI chat-completions request as the client sent it, or as a dialect made it; with another
/// `operation` the body of that endpoint.
///
/// Immutable after decoding, shared by all attempts; an adapter edits its text by splicing, so that fields the gateway
/// does not know reach the provider byte for byte.
package final class CompletionRequest {
    /// The whole JSON object, with its text.
    package let document: JSONDocument
    /// The model as the client named it.
    package let model: String
    /// Whether the client wants a stream of events rather than one answer.
    package let isStream: Bool
    /// Whether the client asked for usage at the end of the stream.
    package let wantsUsage: Bool
    /// `x-request-id`, passed to the provider.
    package let requestID: String
    /// Fields for the provider: the client's own that may travel (an allow-list made them), and those that policies set.
    package let fields: [HTTPField]
    /// The key that the client showed, for providers with `"api_key": {"from": "client"}`; never logged.
    package let callerKey: String?
    /// Models that the client would take instead, in order.
    package let alternatives: [String]
    /// Whether the text may hold members of Anthropic's API beside OpenAI's, as `AnthropicMembers` lists them: adapters
    /// of providers that refuse what they do not know leave those out.
    package let hasAnthropicMembers: Bool
    /// What the text asks for: a chat completion, or with another operation what its endpoint gives, whole.
    package let operation: ModelOperation

    package init(
        document: JSONDocument, model: String, isStream: Bool, wantsUsage: Bool,
        requestID: String, fields: [HTTPField] = [], callerKey: String? = nil,
        alternatives: [String] = [], hasAnthropicMembers: Bool = false, operation: ModelOperation = .chat
    ) {
        precondition(operation == .chat || !isStream, "only chats are streamed")
        self.document = document
        self.model = model
        self.isStream = isStream
        self.wantsUsage = wantsUsage
        self.requestID = requestID
        self.fields = fields
        self.callerKey = callerKey
        self.alternatives = alternatives
        self.hasAnthropicMembers = hasAnthropicMembers
        self.operation = operation
    }
}
