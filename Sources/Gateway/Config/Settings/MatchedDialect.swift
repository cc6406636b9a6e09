/// The dialects that a policy may be for, by their names (`Dialect.name`).
package enum MatchedDialect: String, CaseIterable, Sendable {
    case openai
    case messages
    case question
    case code
    case ask
    case agent
}
