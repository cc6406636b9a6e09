/// The header in which a provider wants its key.
package enum KeyHeader: String, CaseIterable, Sendable {
    /// `Bearer KEY` (RFC 6750 section 2.1).
    case authorization
    /// Azure.
    case apiKey = "api-key"
    /// Anthropic.
    case xAPIKey = "x-api-key"
    /// Google.
    case xGoogAPIKey = "x-goog-api-key"

    package func field(_ key: String) -> HTTPField {
        HTTPField(rawValue, self == .authorization ? "Bearer \(key)" : key)
    }
}
