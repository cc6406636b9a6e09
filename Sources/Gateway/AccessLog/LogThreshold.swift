import Synchronization

/// The least level that the process logs. Any thread may look at it and change it; it counts for the next message.
///
/// Begins as `info`; the configuration sets it at the start, and operators while the process runs.
final class LogThreshold: Sendable {
    typealias Level = TelemetryConfiguration.LogLevel

    /// That an operator has set it.
    struct Change: Sendable {
        let old: Level
        let new: Level
        /// The id of the operator's key; empty where none is asked for.
        let operatorID: String
        let requestID: String
    }

    /// Its place among all levels.
    private let place = Atomic<Int>(LogThreshold.place(of: .info))

    var level: Level { Level.allCases[place.load(ordering: .relaxed)] }

    /// Returns the level before.
    @discardableResult
    func set(_ level: Level) -> Level {
        Level.allCases[place.exchange(Self.place(of: level), ordering: .relaxed)]
    }

    /// A reload: only a level that the configuration has changed takes the place of what operators have set. Returns the
    /// level before; nil: it stays.
    @discardableResult
    func reload(from old: Level, to new: Level) -> Level? { old == new ? nil : set(new) }

    private static func place(of level: Level) -> Int {
        guard let place = Level.allCases.firstIndex(of: level) else { preconditionFailure("a level of no place") }
        return place
    }
}
