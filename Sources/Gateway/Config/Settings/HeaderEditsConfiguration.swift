package import Policies

/// Which headers of requests, or of answers, are set and removed.
package struct HeaderEditsConfiguration: Sendable {
    /// Default: none.
    package let set: [HeaderSetting]
    /// Names in lower case. Default: none.
    package let remove: [String]

    /// `setting` and `removing`: what the two do. `taken`: headers that upstreams set, and which.
    package init(_ r: ConfigReader, setting: HeaderUse, removing: HeaderUse, taken: [String: String] = [:]) {
        set = r.value(
            "set", .headerSettings(setting, taken: taken), default: [],
            example: .object([("x-team", .string("{team}"))]),
            doc: "Headers by name. Values may hold `{user}`, `{team}`, `{key_id}`, `{model}` and `{request_id}`; an"
                + " empty value is no header.")
        remove = r.value(
            "remove", .headerNames(removing), default: [], example: .array([.string("openai-beta")]),
            doc: removing == .withhold ? "Headers of the provider that do not pass." : "Headers that are not sent.")
        for (index, name) in remove.enumerated() where set.contains(where: { $0.name == name }) {
            r.report("this header is set, too", at: "remove", .element(index))
        }
    }
}
