import Policies
import Testing

@testable import Gateway

/// The memory for callers by token.
struct IdentityCacheTests {
    private func digest(_ number: Int) -> Digest { SHA256.hash(Array("\(number)".utf8)) }

    private func identity(_ number: Int) -> Identity {
        Identity(keyID: nil, user: "\(number)", team: nil, models: [])
    }

    @Test func `it is bounded, and who comes often stays`() {
        var cache = IdentityCache(limit: 100)
        for number in 0..<1000 {
            cache.insert(identity(number), for: digest(number), until: 10)
            #expect(cache.count <= 100)
            #expect(cache.find(digest(0), now: 0)?.user == "0", "after \(number)")
        }
        #expect(cache.find(digest(999), now: 0)?.user == "999")
        #expect(cache.find(digest(500), now: 0) == nil)
    }

    @Test func `nothing is found from its time on, or after it was forgotten`() {
        var cache = IdentityCache(limit: 4)
        cache.insert(identity(1), for: digest(1), until: 10)
        #expect(cache.find(digest(1), now: 9) != nil)
        #expect(cache.find(digest(1), now: 10) == nil)
        for number in 2..<5 { cache.insert(identity(number), for: digest(number), until: 10) }
        #expect(cache.find(digest(1), now: 10) == nil, "in the older half, too")
        cache.removeAll()
        #expect(cache.count == 0 && cache.find(digest(4), now: 0) == nil)
    }
}
