/// What became of the lines of one log since the start.
struct LogCounts: Equatable, Sendable {
    var written = 0
    /// Lost since the queue was full, a write failed, or the deadline at the end passed.
    var dropped = 0

    mutating func add(written: Int, dropped: Int) {
        self.written += written
        self.dropped += dropped
    }
}
