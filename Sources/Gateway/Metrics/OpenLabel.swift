/// A label whose set of values is closed by the configuration, not by the type, and which therefore has a catch-all.
protocol OpenLabel: Equatable, Sendable {
    static var other: Self { get }
}
