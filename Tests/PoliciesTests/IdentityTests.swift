import Testing

@testable import Policies

/// What a caller may use.
struct IdentityTests {
    @Test func `a model may be used if any of the caller's patterns names it`() {
        let identity = Identity(keyID: "k", user: "u", team: nil, models: [Glob("gpt-4o"), Glob("local-*")])
        #expect(identity.mayUse(model: "gpt-4o"))
        #expect(identity.mayUse(model: "local-7b"))
        #expect(!identity.mayUse(model: "gpt-4"))
        #expect(!identity.mayUse(model: ""))
    }

    @Test func `without patterns nothing may be used`() {
        #expect(!Identity(keyID: "k", user: nil, team: nil, models: []).mayUse(model: "m"))
    }

    @Test func `a caller without a key is nobody and may use all`() {
        #expect(Identity.anonymous.mayUse(model: "anything"))
        #expect(Identity.anonymous.keyID == nil && Identity.anonymous.user == nil && Identity.anonymous.team == nil)
    }
}
