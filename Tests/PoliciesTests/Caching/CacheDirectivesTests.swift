import Policies
import Testing

/// What a `cache-control` field asks for.
struct CacheDirectivesTests {
    /// no-store, no-cache, only-if-cached, max-age.
    private func read(_ field: String?) -> (Bool, Bool, Bool, Int?) {
        let found = CacheDirectives(field)
        return (found.forbidsStorage, found.forbidsKept, found.onlyKept, found.maxAge)
    }

    @Test(arguments: [nil, "", " , ", "public", "x-own=1", "no-storeX", "min-fresh=5"] as [String?])
    func `nothing is asked for`(field: String?) {
        #expect(read(field) == (false, false, false, nil))
    }

    @Test(arguments: ["no-store", "No-Store", " no-store ,public", "a, NO-STORE", "no-store=\"x\""])
    func `storing is forbidden`(field: String) {
        #expect(read(field) == (true, false, false, nil))
    }

    @Test func `each directive is read, and all together`() {
        #expect(read("no-cache") == (false, true, false, nil))
        #expect(read("only-if-cached") == (false, false, true, nil))
        #expect(read("only-if-cached,\tmax-age=60 , no-cache,no-store") == (true, true, true, 60))
    }

    @Test(arguments: [
        ("max-age=0", 0), ("max-age = 60", 60), ("max-age=\"7\"", 7), ("MAX-AGE=08", 8),
        ("max-age=99999999999999999999", 3_153_600_000), ("max-age=1, max-age=2", 2),
    ])
    func `the oldest answer that will do`(field: String, seconds: Int) {
        #expect(CacheDirectives(field).maxAge == seconds)
    }

    @Test(arguments: ["max-age", "max-age=", "max-age=-1", "max-age=x", "max-age=1.5", "max-age=\"", "max-age=\"\""])
    func `an age that is none is passed over`(field: String) {
        #expect(CacheDirectives(field).maxAge == nil)
    }

    @Test func `a body may refuse kept answers, too`() {
        var directives = CacheDirectives(nil)
        directives.refuseKept()
        #expect(directives.forbidsKept && !directives.forbidsStorage)
    }
}
