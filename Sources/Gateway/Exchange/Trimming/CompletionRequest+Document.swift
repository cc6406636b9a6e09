import Upstreams

extension CompletionRequest {
    /// The same request with another text, which asks for the same model in the same way.
    convenience init(_ request: CompletionRequest, document: JSONDocument) {
        self.init(
            document: document, model: request.model, isStream: request.isStream, wantsUsage: request.wantsUsage,
            requestID: request.requestID, fields: request.fields, callerKey: request.callerKey,
            alternatives: request.alternatives, hasAnthropicMembers: request.hasAnthropicMembers,
            operation: request.operation)
    }

    /// The same request with other fields for the provider.
    convenience init(_ request: CompletionRequest, fields: [HTTPField]) {
        self.init(
            document: request.document, model: request.model, isStream: request.isStream,
            wantsUsage: request.wantsUsage, requestID: request.requestID, fields: fields, callerKey: request.callerKey,
            alternatives: request.alternatives, hasAnthropicMembers: request.hasAnthropicMembers,
            operation: request.operation)
    }
}
