/// A rule for requests.
package struct PolicyConfiguration: Sendable {
    package enum Kind: Sendable {
        case auth(AuthPolicyConfiguration)
        case validate(ValidatePolicyConfiguration)
        case rateLimit(RateLimitPolicyConfiguration)
        case concurrency(ConcurrencyPolicyConfiguration)
        case budget(BudgetPolicyConfiguration)
        case `guard`(GuardPolicyConfiguration)
        case rewrite(RewritePolicyConfiguration)
        case trimHistory(TrimHistoryPolicyConfiguration)
        case headers(HeadersPolicyConfiguration)
        case cache(CachePolicyConfiguration)
        case pace(PacePolicyConfiguration)

        /// As the configuration writes it; a label in metrics.
        var label: String {
            switch self {
            case .auth: "auth"
            case .validate: "validate"
            case .rateLimit: "rate_limit"
            case .concurrency: "concurrency"
            case .budget: "budget"
            case .guard: "guard"
            case .rewrite: "rewrite"
            case .trimHistory: "trim_history"
            case .headers: "headers"
            case .cache: "cache"
            case .pace: "pace"
            }
        }
    }

    /// Whether a verdict counts.
    package enum Mode: String, CaseIterable, Sendable {
        case enforce
        /// The verdict is only logged and counted.
        case shadow
    }

    /// Default enforce.
    package let mode: Mode
    /// For headers, metrics and logs. Default: the kind.
    package let name: String
    /// The requests that it is for. Default: all.
    package let match: PolicyMatch
    package let kind: Kind

    private init(_ r: ConfigReader, listeners: [String], name: String, _ kind: Kind) {
        self.kind = kind
        self.name =
            r.optional(
                "name", .string(), example: .string("per-user"),
                doc: "For headers, metrics and logs; without it the kind.")
            ?? name
        mode = r.value(
            "mode", .choice(.enforce), default: .enforce, doc: "`shadow`: the verdict is only logged and counted.")
        match = r.section("match", doc: "The requests that it is for; without it all.") {
            PolicyMatch($0, listeners: listeners, isOnHead: name == "auth")
        }
    }

    static func kinds(listeners: [String], upstreams: [UpstreamConfiguration]) -> [ConfigVariant<Self>] {
        let providers = upstreams.filter(\.isOpenAI).map(\.name)
        let taken = Dictionary(upstreams.flatMap { up in up.headerNames.map { ($0, up.name) } }) { first, _ in first }
        return [
            ConfigVariant("auth", doc: "Who may call. The first that is for a listener decides there.") { r in
                Self(r, listeners: listeners, name: "auth", .auth(AuthPolicyConfiguration(r)))
            },
            ConfigVariant("validate", doc: "Whether a request body is what the API reference says, and within limits.")
            { r in
                Self(r, listeners: listeners, name: "validate", .validate(ValidatePolicyConfiguration(r)))
            },
            ConfigVariant("rate_limit", doc: "How many requests and tokens there may be in how much time.") { r in
                Self(r, listeners: listeners, name: "rate_limit", .rateLimit(RateLimitPolicyConfiguration(r)))
            },
            ConfigVariant("concurrency", doc: "How many requests may be under way at once.") { r in
                Self(r, listeners: listeners, name: "concurrency", .concurrency(ConcurrencyPolicyConfiguration(r)))
            },
            ConfigVariant("budget", doc: "How many tokens or dollars may be used in a period.") { r in
                Self(r, listeners: listeners, name: "budget", .budget(BudgetPolicyConfiguration(r)))
            },
            ConfigVariant("guard", doc: "What texts of requests and answers must not hold.") { r in
                Self(r, listeners: listeners, name: "guard", .guard(GuardPolicyConfiguration(r, upstreams: providers)))
            },
            ConfigVariant("rewrite", doc: "Sets and removes fields of a request, and instructs the model.") { r in
                Self(r, listeners: listeners, name: "rewrite", .rewrite(RewritePolicyConfiguration(r)))
            },
            ConfigVariant("trim_history", doc: "Cuts the history of a chat to what is allowed.") { r in
                Self(r, listeners: listeners, name: "trim_history", .trimHistory(TrimHistoryPolicyConfiguration(r)))
            },
            ConfigVariant("headers", doc: "Which headers pass, and which are set or removed, both ways.") { r in
                Self(r, listeners: listeners, name: "headers", .headers(HeadersPolicyConfiguration(r, taken: taken)))
            },
            ConfigVariant("cache", doc: "Which answers are kept, and shared by those who ask the same.") { r in
                Self(r, listeners: listeners, name: "cache", .cache(CachePolicyConfiguration(r)))
            },
            ConfigVariant("pace", doc: "How the text of streamed answers is cut into events, and how fast it goes out.")
            { r in
                Self(r, listeners: listeners, name: "pace", .pace(PacePolicyConfiguration(r)))
            },
        ]
    }
}
