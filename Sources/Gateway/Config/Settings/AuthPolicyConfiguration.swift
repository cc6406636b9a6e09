/// Who may call.
package struct AuthPolicyConfiguration: Sendable {
    package enum Requirement: String, CaseIterable, Sendable {
        /// Only callers with one of `keys`.
        case key
        /// Anyone; who shows a key is known by it.
        case open
    }

    package let requirement: Requirement
    /// Paths that need no key, each compared as a whole. Default: none.
    package let exceptPaths: [String]
    /// Whether `open` is meant for listeners that the network can reach, too. Default false.
    package let allowOpen: Bool

    package init(_ r: ConfigReader) {
        requirement = r.required(
            "require", .choice(.key), example: .string("key"),
            doc: "`key`: only callers with one of `keys`; `open`: anyone.")
        exceptPaths = r.value(
            "except", .list(of: .urlPath), default: [], example: .array([.string("/health"), .string("/ready")]),
            doc: "Paths that need no key.")
        allowOpen = r.bool(
            "allow_open", default: false, doc: "Lets `open` hold on addresses that the network can reach, too.")
    }
}
