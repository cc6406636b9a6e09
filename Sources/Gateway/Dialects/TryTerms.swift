/// How often and for how long an answer is tried before the first byte of it has gone out.
package struct TryTerms: Sendable {
    /// The most tries; at least 1.
    let attempts: Int
    /// Milliseconds before the second try; each further one waits `factor` times as long.
    let backoffMs: Int
    let factor: Double
    /// The part of a wait by which it is longer or shorter by chance, 0 to 1.
    let jitter: Double
    /// Milliseconds that one try may take, to its last byte.
    let operationTimeoutMs: Int
    /// Milliseconds that all tries may take, with the waits between them.
    let totalTimeoutMs: Int

    /// Milliseconds to wait before the try that follows the `count`th. `chance`: 0 to 1, evenly spread.
    func wait(after count: Int, chance: Double) -> Int {
        var wait = Double(backoffMs)
        for _ in 1..<max(count, 1) { wait *= factor }
        wait *= 1 + jitter * (2 * chance - 1)
        return Int(min(wait, Double(totalTimeoutMs)))
    }
}
