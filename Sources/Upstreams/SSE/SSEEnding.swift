/// What was left when the bytes of a stream came to their end.
package enum SSEEnding: Equatable, Sendable {
    /// Nothing: the last event was ended by a blank line.
    case clean
    /// An event without its blank line. It was delivered, since providers end streams so, but may be cut short.
    case unterminated
    /// A part of an event without any data, now dropped.
    case discarded
}
