/// Labels of one policy of the configuration.
struct PolicyKey: MetricKey {
    typealias Values = PolicyValues

    /// Its configured name.
    let policy: String
    /// `auth`, `validate`, `rate_limit`…
    let kind: String
    /// `enforce` or `shadow`.
    let mode: String

    static let other = Self(policy: "other", kind: "other", mode: "enforce")
}
