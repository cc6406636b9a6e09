/// The two logs of the gateway.
enum LogKind: Sendable {
    /// One line per request, for machines.
    case access
    /// What the gateway has to say about itself, for operators.
    case operational
}
