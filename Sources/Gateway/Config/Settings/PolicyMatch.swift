package import Policies

/// The requests that a policy is for: those that fit every criterion given.
package struct PolicyMatch: Sendable {
    /// Names of listeners; empty (default): all.
    package let listeners: [String]
    /// What the request itself must be.
    package let rule: MatchRule

    /// `isOnHead`: the policy acts before the body is read, so that it can go by the listener alone.
    package init(_ r: ConfigReader, listeners: [String], isOnHead: Bool) {
        self.listeners = r.value(
            "listeners", .list(of: .reference(to: listeners, what: "listener")), default: [],
            example: .array([.string("public")]), doc: "Requests that came through one of these; empty: through any.")
        rule = isOnHead ? MatchRule() : Self.rule(r)
    }

    private static func rule(_ r: ConfigReader) -> MatchRule {
        var rule = MatchRule()
        let dialects = r.value(
            "dialects", .list(of: .choice(MatchedDialect.openai)), default: [], example: .array([.string("openai")]),
            doc: "Dialects; empty: any.")
        rule.dialects = dialects.map(\.rawValue)
        rule.paths = r.value(
            "paths", .list(of: .pathPattern), default: [], example: .array([.string("/v1/chat/*")]),
            doc: "Paths, with `*`; empty: any."
        ).map { Glob($0) }
        rule.models = globs(r, "models", example: "gpt-*", doc: "Models as clients name them, with `*`; empty: any.")
        rule.users = globs(r, "users", example: "alice", doc: "Users, with `*`; empty: any, also unknown ones.")
        rule.teams = globs(r, "teams", example: "research", doc: "Teams, with `*`; empty: any, also none.")
        rule.keyIDs = globs(r, "keys", example: "alice-laptop", doc: "Ids of keys, with `*`; empty: any, also none.")
        rule.tags = globs(r, "tags", example: "batch", doc: "Tags of keys, with `*`; empty: any, also none.")
        let headers = r.value(
            "headers", .map(of: .string()), default: [], example: .object([("x-tier", .string("free"))]),
            doc: "Request headers that must be there, each with a value that may hold `*`.")
        for header in headers { rule.headers[header.name.lowercased()] = Glob(header.value) }
        rule.isStream = r.optional(
            "stream", .bool, example: .bool(true), doc: "`true`: streams only; `false`: whole answers only.")
        return rule
    }

    private static func globs(_ r: ConfigReader, _ key: String, example: String, doc: String) -> [Glob] {
        r.value(key, .list(of: .string()), default: [], example: .array([.string(example)]), doc: doc).map { Glob($0) }
    }

    /// Why it does not include a request; empty: it does.
    package func mismatches(_ facts: RequestFacts, listener: String) -> [String] {
        mismatches(listener: listener) + rule.mismatches(facts)
    }

    /// The same for what acts before the body is read.
    package func mismatches(listener: String) -> [String] {
        includes(listener: listener) ? [] : ["listener \(listener.quoted) is none of [\(quotedListeners)]"]
    }

    private var quotedListeners: String { listeners.map(\.quoted).joined(separator: ", ") }

    package func includes(listener: String) -> Bool {
        listeners.isEmpty || listeners.contains(listener)
    }
}
