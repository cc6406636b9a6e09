import Synchronization

/// The least level that the process logs. Any thread may look at it and change it; it counts for the next message.
///
/// Begins as `info`; the configuration sets it at the start, and operators while the process runs.
final class LogThreshold: Sendable {
    typealias Level = TelemetryConfiguration.LogLevel

    /// Its place among all levels.
    private let place = Atomic<Int>(LogThreshold.place(of: .info))

    var level: Level { Level.allCases[place.load(ordering: .relaxed)] }

    func set(_ level: Level) { place.store(Self.place(of: level), ordering: .relaxed) }

    /// A reload: only a level that the configuration has changed takes the place of what operators have set.
    func reload(from old: Level, to new: Level) {
        if old != new { set(new) }
    }

    private static func place(of level: Level) -> Int {
        guard let place = Level.allCases.firstIndex(of: level) else { preconditionFailure("a level of no place") }
        return place
    }
}
