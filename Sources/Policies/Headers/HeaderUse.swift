/// What a `headers` policy does with a header field.
package enum HeaderUse: CaseIterable, Sendable {
    /// Set on, or removed from, the request to the provider.
    case request
    /// Passed on from the client to the provider.
    case forward
    /// Set on the answer to the client.
    case answer
    /// Kept from passing from the provider to the client.
    case withhold
    /// Passed on from the provider to the client.
    case relay

    var isOfRequest: Bool {
        switch self {
        case .request, .forward: true
        case .answer, .withhold, .relay: false
        }
    }
}
