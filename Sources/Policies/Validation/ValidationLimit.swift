/// A number that an operator may bound below what the API allows.
enum ValidationLimit: Sendable {
    case choices, outputTokens, tools
}
