/// A request that is relayed as it is: where it goes, and what its head says.
package struct RelayRequest: Sendable {
    package var method: TransportRequest.Method
    /// Below the provider's base URL, without a query.
    package var path: String
    /// Without the question mark; empty: none.
    package var query = ""
    /// Of the body; nil: JSON.
    package var contentType: String?
    /// Whether the path belongs to the model, for providers that have a path for each.
    package var isOfModel: Bool
    package var requestID: String
    /// The client's fields that may travel, and those that policies set.
    package var fields: [HTTPField] = []
    package var callerKey: String?

    package init(method: TransportRequest.Method, path: String, isOfModel: Bool, requestID: String) {
        self.method = method
        self.path = path
        self.isOfModel = isOfModel
        self.requestID = requestID
    }
}
