import Policies

extension ConfigType<LimitSubject> {
    /// Whose counter a limit uses.
    static var limitSubject: Self {
        let words = LimitSubject.words.joined(separator: "|")
        return parsed(
            "one of \(LimitSubject.words.joined(separator: ", ")) or header:NAME",
            pattern: "^(\(words)|header:.+)$", placeholder: .global, json: { .string($0.text) }
        ) { LimitSubject($0) }
    }
}

extension ConfigReader {
    /// `per`: whose counter a limit uses.
    func limitSubject() -> LimitSubject {
        required(
            "per", .limitSubject, example: .string("user"),
            doc: "Whose counter: `user`, `key`, `team`, `model`, `ip`, `header:NAME`, `body_user`, `body_user_id`,"
                + " `body_client_id` or `global`. Requests without one share a counter.")
    }

    /// `max_subjects`: the bound on a limit's memory.
    func maxSubjects() -> Int {
        int(
            "max_subjects", default: 100_000, in: 1...10_000_000,
            doc: "Most subjects with a counter of their own. Idle ones are dropped; when that many are busy, newcomers"
                + " share one counter.")
    }

    /// `on_store_failure`: what a limit does without the store.
    func onStoreFailure() -> StoreFailure {
        value(
            "on_store_failure", .choice(StoreFailure.local), default: .local,
            doc: "While a store that replicas share does not answer: `open` lets requests pass, `closed` refuses them"
                + " with 503, `local` counts in the replica, with its share of the limit.")
    }
}
