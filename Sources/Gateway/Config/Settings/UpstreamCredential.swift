/// What an upstream is shown as `authorization`.
package enum UpstreamCredential: Sendable {
    case none
    /// The gateway's own key with the provider.
    case key(Secret)
    /// The key with which the caller came.
    case client
}
