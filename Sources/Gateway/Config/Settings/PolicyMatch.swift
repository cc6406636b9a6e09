/// The requests that a policy is for: those that fit every criterion given.
package struct PolicyMatch: Sendable {
    /// Names of listeners; empty (default): all.
    package let listeners: [String]

    package init(_ r: ConfigReader, listeners: [String]) {
        self.listeners = r.value(
            "listeners", .list(of: .reference(to: listeners, what: "listener")), default: [],
            example: .array([.string("public")]), doc: "Requests that came through one of these; empty: through any.")
        r.unavailable("models", "dialects")
    }

    package func includes(listener: String) -> Bool {
        listeners.isEmpty || listeners.contains(listener)
    }
}
