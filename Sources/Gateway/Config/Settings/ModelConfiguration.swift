package import Policies

/// A model that clients may ask for, and what answers it.
package struct ModelConfiguration: Sendable {
    /// As clients write it, with `*` for any run of characters; unique.
    package let name: String
    /// Further names of the model, without stars, unique among all names. Default: none.
    package let aliases: [String]
    /// At least one.
    package let targets: [ModelTarget]
    /// Nil (default): unknown.
    package let price: TokenPrice?
    /// Tokens of prompt and answer together; nil (default): unknown.
    package let contextTokens: Int?
    /// By what the first of several targets is chosen. Default: weighted.
    package let balance: Balance
    /// What stays together with the balance `hash`. Default: user.
    package let hashBy: HashSubject
    /// Models that are asked when no target has answered, in order. Default: none.
    package let fallbacks: [FallbackRule]
    /// nil (default): no second target is asked before the first has failed.
    package let hedge: HedgeSettings?
    /// nil (default): as the upstreams have them.
    package let timeouts: TimeoutOverrides?
    /// What is done when an upstream fails after content went out; tried in order. Default: fail.
    package let midStream: [MidStreamStrategy]

    /// Default answer.
    package let deliver: Delivery

    /// What an ordinary request gets.
    package enum Delivery: String, CaseIterable, Sendable {
        case answer
        /// The address of a task's page, at once.
        case link
    }

    package init(_ r: ConfigReader, upstreams: [String]) {
        name = r.required(
            "name", .string(), example: .string("gpt-*"),
            doc: "As clients write it; `*` stands for any run of characters. Unique.")
        aliases = r.value(
            "aliases", .list(of: .string()), default: [], example: .array([.string("best")]),
            doc: "Further names, without stars; unique among all names of models.")
        targets = r.required(
            "targets", .list(of: .object { ModelTarget($0, upstreams: upstreams) }, minimum: 1),
            doc: "Upstreams that answer for this model, chosen by `balance`.")
        price = r.optional(
            "price", .object { TokenPrice($0) },
            doc: "What its tokens cost, for budgets, the accounting and the balance `cost`; without it unknown.")
        contextTokens = r.optional(
            "context_tokens", .int(in: 1...100_000_000, unit: .tokens), example: .integer(128_000),
            doc: "Tokens of prompt and answer together; without it unknown.")
        balance = r.value(
            "balance", .choice(.weighted), default: .weighted,
            doc:
                "By what the first of several targets is chosen; the others follow when it fails. `weighted`: at random;"
                + " `round_robin`: in turn; `least_in_flight`: the fewest calls on their way; `latency`: of two at random"
                + " the one that would answer sooner; `cost`: the cheapest; `hash`: the same for the same `hash_by`.")
        hashBy = r.value(
            "hash_by", .choice(.user), default: .user,
            doc: "What stays at one target with `hash`: `user` (`prompt_cache_key` or `user` of the request, else the"
                + " caller) or `prompt` (the first kilobyte of the messages).")
        fallbacks = r.value(
            "fallbacks", .list(of: .fallback), default: [], example: .array([.string("gpt-4o-mini")]),
            doc:
                "Models whose targets are asked, in order, when none of this model's has answered; with `on` only after"
                + " those failures.")
        hedge = r.optional(
            "hedge", .object { HedgeSettings($0) },
            doc: "Asks a second target when the first is slow, and takes whichever answers first; without it never.")
        timeouts = r.optional(
            "timeouts", .object(TimeoutOverrides.init), doc: "Timeouts that differ from the upstreams'.")
        midStream = r.value(
            "mid_stream", .list(of: .choice(.fail)), default: [.fail],
            example: .array([.string("splice"), .string("fail")]),
            doc: "What is done when an upstream fails after content went out, or a store or a replica of which this one"
                + " reads a stream along; tried in order: `splice` asks again and"
                + " goes on after what the new answer has in common with what was sent; `continue` gives what was sent"
                + " to a target with `prefill`; `buffer` holds all content back until the answer is complete; `fail`"
                + " tells the error in the stream.")
        if !targets.isEmpty, targets.allSatisfy({ $0.weight == 0 }) {
            r.report("expected a weight above 0 on at least one target", at: "targets")
        }
        for (index, alias) in aliases.enumerated() where alias.contains("*") {
            r.report("expected a name without stars", at: "aliases", .element(index))
        }
        deliver = r.value(
            "deliver", .choice(.answer), default: .answer,
            doc: "What an ordinary request gets: the `answer`, or a `link` to the page of a task that makes it.")
    }
}
