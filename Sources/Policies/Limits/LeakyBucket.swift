/// The generic cell rate algorithm in its leaky-bucket form (ITU-T I.371 annex A): a level that rises with use and
/// falls evenly, by the limit per window.
///
/// The level is held in amounts times the window, so that all is integers and exact.
struct LeakyBucket: Sendable {
    private var level: Int128 = 0
    private var window = 1
    private var updatedAt = 0

    init() {}

    /// Lets run out what time has let. A window changed by a reload keeps the amount that is in the bucket.
    mutating func advance(_ setting: RateSetting, now: Int) {
        if window != setting.window {
            level = level * Int128(setting.window) / Int128(window)
            window = setting.window
        }
        level = max(0, level - Int128(now - updatedAt) * Int128(setting.limit))
        updatedAt = now
    }

    mutating func add(_ amount: Int) { level += Int128(amount) * Int128(window) }

    /// Takes back part of what was added at `time`: as much as cannot have run out since, so that nothing comes back
    /// twice.
    mutating func remove(_ amount: Int, addedAt time: Int, _ setting: RateSetting) {
        let left = Int128(amount) * Int128(window) - Int128(updatedAt - time) * Int128(setting.limit)
        level = max(0, level - max(0, left))
    }

    /// The amount in the bucket, rounded up.
    var used: Int { Int((level + Int128(window - 1)) / Int128(window)) }

    /// The moment from which no more than `amount` is in the bucket, if nothing is added; nil: that holds already.
    func moment(atMost amount: Int, _ setting: RateSetting) -> Int? {
        let excess = level - Int128(amount) * Int128(window)
        guard excess > 0 else { return nil }
        return updatedAt + Int((excess + Int128(setting.limit - 1)) / Int128(setting.limit))
    }
}
