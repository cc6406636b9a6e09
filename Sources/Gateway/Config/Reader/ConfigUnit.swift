/// What a number of the configuration counts.
package enum ConfigUnit: String, Sendable {
    case count = ""
    case bytes
    case milliseconds = "ms"
    case seconds = "s"
    case events
    case tokens
    case usd = "USD"
    case levels
}
