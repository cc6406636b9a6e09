/// How a line of the operational log looks.
enum LogStyle: Sendable {
    /// One JSON object, for machines.
    case json
    /// Time, level, label, message and `key=value` pairs, for people.
    case text
}
