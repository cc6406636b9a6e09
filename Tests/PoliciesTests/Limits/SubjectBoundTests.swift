import Testing

@testable import Policies

@Suite("Subjects of limits")
struct SubjectBoundTests {
    private static let second = LimitsFixture.second

    @Test("Idle subjects are dropped, busy ones stay")
    func idleAreDropped() {
        var f = LimitsFixture()
        let rule = f.rule(maxSubjects: 100_000, .rate(RateSetting(.requests, limit: 2, window: Self.second)))
        for number in 0..<5000 { _ = f.admit([rule], LimitsFixture.facts("user-\(number)")) }
        #expect(f.ledger.countersHeld == 5000)
        f.pass(nanoseconds: 2 * Self.second)
        for _ in 0..<2500 { _ = f.admit([rule], LimitsFixture.facts("steady")) }
        #expect(f.ledger.countersHeld < 10)
        #expect(f.admit([rule], LimitsFixture.facts("steady")).refusal != nil)
    }

    @Test("At the bound newcomers share one counter, nobody loses theirs, and room is found again")
    func bound() {
        var f = LimitsFixture()
        let rule = f.rule(maxSubjects: 50, .rate(RateSetting(.requests, limit: 2, window: Self.second)))
        #expect(f.admitted(of: 3, [rule], LimitsFixture.facts("early")) == 2)
        for number in 0..<49 { _ = f.admit([rule], LimitsFixture.facts("user-\(number)")) }
        let late = (0..<1000).count { f.admit([rule], LimitsFixture.facts("late-\($0)")).grant != nil }
        #expect(late == 2)
        #expect(f.ledger.countersHeld == 51)
        #expect(f.admitted(of: 3, [rule], LimitsFixture.facts("early")) == 0)
        f.pass(nanoseconds: Self.second)
        #expect(f.admitted(of: 3, [rule], LimitsFixture.facts("after-1")) == 2)
        #expect(f.admitted(of: 3, [rule], LimitsFixture.facts("after-2")) == 2)
    }

    @Test(
        "Subjects are read from where they are, and shared where there is none",
        arguments: [
            ("user", "ann"), ("key", "k1"), ("team", ""), ("model", "m"), ("ip", "10.0.0.1"), ("header:X-Tenant", "t1"),
            ("header:x-none", ""), ("body_user", "bu"), ("body_user_id", "7"), ("body_client_id", ""), ("global", ""),
        ])
    func values(_ text: String, _ value: String) throws {
        let facts = LimitsFixture.facts(key: "k1", headers: ["x-tenant": "t1"], bodyUser: "bu", bodyUserID: "7")
        let subject = try #require(LimitSubject(text))
        #expect(subject.value(in: facts) == value)
        #expect(subject.text == text.lowercased())
    }

    @Test("Names that are none are refused", arguments: ["", "users", "header:", "header", "User"])
    func noSubjects(_ text: String) {
        #expect(LimitSubject(text) == nil)
    }

    @Test("A subject as long as a body takes no more memory than others")
    func longSubjects() throws {
        let facts = LimitsFixture.facts(bodyUser: String(repeating: "ä", count: 100_000))
        let subject = try #require(LimitSubject("body_user"))
        #expect(subject.value(in: facts).utf8.count == 256)
    }
}
