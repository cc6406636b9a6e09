/// Why reading a stream of events stopped. The parser is not used again.
package enum SSEError<Consumer: Error>: Error {
    /// A line or the data of one event is longer than the bound, in bytes.
    case eventTooLarge(limit: Int)
    /// The closure that takes the events threw.
    case consumer(Consumer)
}

extension SSEError: Equatable where Consumer: Equatable {}
