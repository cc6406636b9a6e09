extension ConfigReader {
    package func int(
        _ key: String, default: Int, in range: ClosedRange<Int>, unit: ConfigUnit = .count, doc: String
    ) -> Int {
        value(key, .int(in: range, unit: unit), default: `default`, doc: doc)
    }

    /// A duration in milliseconds, up to a day unless said otherwise.
    package func milliseconds(
        _ key: String, default: Int, in range: ClosedRange<Int> = 1...86_400_000, doc: String
    ) -> Int {
        value(key, .int(in: range, unit: .milliseconds), default: `default`, doc: doc)
    }

    package func bool(_ key: String, default: Bool, doc: String) -> Bool {
        value(key, .bool, default: `default`, doc: doc)
    }
}
