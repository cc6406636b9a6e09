import Upstreams

extension ConfigType<Int> {
    /// A moment (RFC 3339), as whole seconds since 1970.
    static var timestamp: Self {
        parsed(
            "a time such as \"2030-01-01T00:00:00Z\"",
            pattern: "^\\d{4}-\\d{2}-\\d{2}[Tt ]\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?([Zz]|[+-]\\d{2}:\\d{2})$",
            placeholder: 0,
            parse: RFC3339.seconds)
    }
}
