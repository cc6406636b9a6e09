import Testing
import Upstreams

@testable import Gateway

/// Which kept answers an operator has forgotten.
struct CachePurgeTests {
    private static let key = String(repeating: "0a", count: 32)

    private func includes(_ query: String, key: String = key, model: String = "gpt-4o") throws -> Bool {
        let terms = CacheTerms(
            key: try #require(Digest(hexadecimal: key)), model: model, timeToLive: 1, maxBytes: 1)
        return try CachePurge(.reading("DELETE /admin/cache\(query) HTTP/1.1")).includes(terms)
    }

    @Test(arguments: [
        ("", true), ("?", true), ("?key=\(key)", true), ("?model=gpt-4o", true), ("?model=gpt*", true),
        ("?model=gpt", false), ("?model=", false), ("?key=\(key)&model=gpt-4o", true), ("?key=\(key)&model=o1", false),
        ("?key=\(String(repeating: "0b", count: 32))", false), ("?model=%67pt-4o", true),
    ])
    func `those that fit all that is named`(query: String, fits: Bool) throws {
        #expect(try includes(query) == fits)
    }

    @Test(arguments: [("?modle=gpt-4o", "modle"), ("?key=", "key"), ("?key=0a", "key"), ("?model=x&all", "all")])
    func `a query that says anything else is refused, and forgets nothing`(query: String, param: String) {
        let error = #expect(throws: APIError.self) { try includes(query) }
        #expect(error?.status == .badRequest && error?.param == param)
    }
}
