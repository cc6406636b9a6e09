/// When the configuration is read anew without being told.
package struct ReloadConfiguration: Sendable {
    /// Whether changed files are taken on their own. Default true; SIGHUP always has the configuration read anew.
    package let watches: Bool
    /// Milliseconds between two looks at the files. Default 1,000.
    package let intervalMs: Int
    /// Milliseconds for which files must have stayed as they are before they are read. Default 250.
    package let debounceMs: Int

    package init(_ r: ConfigReader) {
        watches = r.bool(
            "watch", default: true,
            doc: "Changes of this file and of all files that it names are taken on their own; `false`: on SIGHUP only.")
        intervalMs = r.milliseconds(
            "interval_ms", default: 1000, in: 10...3_600_000, doc: "Between two looks at the files.")
        debounceMs = r.milliseconds(
            "debounce_ms", default: 250, in: 10...3_600_000,
            doc: "For this long changed files must have stayed as they are before they are read.")
    }
}
