/// Whole lines of one log, handed over together.
struct LogBatch: Sendable {
    let bytes: [UInt8]
    let lines: Int
    let log: LogKind
}
