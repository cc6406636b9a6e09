/// How a reload went, as whoever asked for it is told.
struct ReloadReport: Sendable {
    /// What was wrong. With any, the old configuration stays in use.
    var mistakes: [String] = []
    /// What is without effect in the configuration that was taken, or takes effect at the next start only.
    var warnings: [String] = []
}
