/// The version of the program, as `sluice --version`, `/` and `/metrics` tell it.
enum Version {
    static let current = "0.1.0"
}
