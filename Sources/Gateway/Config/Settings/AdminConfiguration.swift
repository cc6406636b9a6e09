/// Access to the operators' surface.
package struct AdminConfiguration: Sendable {
    /// Ids unique. Default: none; then the surface is served on a loopback listener of its own alone.
    package let keys: [AdminKeyConfiguration]

    package init(_ r: ConfigReader) {
        keys = r.value(
            "keys", .list(of: .object(AdminKeyConfiguration.init)), default: [],
            doc: "Keys of operators; without any, admin is served on a loopback listener of its own alone.")
        r.requireUnique("keys", "id", "two keys have this id")
        r.requireUnique("keys", "sha256", canonical: { $0.lowercased() }, "two keys are the same")
    }
}
