/// A header added to every call of an upstream. Its value may be a secret and is never shown.
package struct UpstreamHeader: Sendable {
    /// In lower case; a token of RFC 9110 section 5.1, and none that the gateway sets itself.
    package let name: String
    /// Visible ASCII, spaces and tabs (RFC 9110 section 5.5).
    package let value: Secret
}
