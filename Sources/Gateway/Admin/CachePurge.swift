import Policies

/// Which kept answers `DELETE /admin/cache` forgets: those that fit all that its query names; without any, all.
struct CachePurge {
    let key: Digest?
    private let model: Glob?

    /// Refuses a query that names anything else: a slip of the pen must not empty the cache.
    init(_ head: RequestHead) throws(APIError) {
        if let name = head.queryNames.first(where: { $0 != "key" && $0 != "model" }) {
            throw .invalid("The query may name a 'key' and a 'model'.", param: name)
        }
        key = try head.queryItem("key").map { (text) throws(APIError) in
            guard let key = Digest(hexadecimal: text) else {
                throw .invalid("'key' must be 64 hexadecimal digits, as an explanation tells them.", param: "key")
            }
            return key
        }
        model = head.queryItem("model").map { Glob($0) }
    }

    func includes(_ terms: CacheTerms) -> Bool {
        (key.map { $0 == terms.key } ?? true) && (model?.matches(terms.model) ?? true)
    }
}
