/// What the placeholders of a text stand for in one request.
package struct PlaceholderValues: Sendable {
    private let identity: Identity
    private let model: String
    private let requestID: String

    package init(_ identity: Identity, model: String, requestID: String) {
        self.identity = identity
        self.model = model
        self.requestID = requestID
    }

    /// Empty for what is not known of the request.
    package subscript(_ placeholder: Placeholder) -> String {
        switch placeholder {
        case .user: identity.user ?? ""
        case .team: identity.team ?? ""
        case .keyID: identity.keyID ?? ""
        case .model: model
        case .requestID: requestID
        }
    }
}
