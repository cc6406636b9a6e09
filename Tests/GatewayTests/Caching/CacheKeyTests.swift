import Policies
import Testing
import Upstreams

@testable import Gateway

/// What decides which requests share an answer.
struct CacheKeyTests {
    private static let body = #"{"model":"m","messages":[{"role":"user","content":"hi"}]"#
    private let version = SHA256.hash(Array("version 1".utf8))

    private func key(
        _ members: String = "", _ scope: CacheScope = .global, _ identity: Identity = .anonymous,
        _ version: Digest? = nil, operation: ModelOperation = .chat
    ) throws -> Digest {
        let document = try JSONParser().parse(text: Self.body + members + "}")
        let request = CompletionRequest(
            document: document, model: "m", isStream: false, wantsUsage: false, requestID: "r",
            operation: operation)
        return CacheKey.make(request, scope, identity, version: version ?? self.version)
    }

    private func identity(_ key: String?, user: String? = nil, team: String? = nil) -> Identity {
        Identity(keyID: key, user: user, team: team, models: [])
    }

    @Test(arguments: [
        #","stream":true"#, #","stream_options":{"include_usage":true}"#, #","user":"someone""#,
        #","metadata":{"a":"b"}"#, " \n",
    ])
    func `how an answer is sent does not matter`(members: String) throws {
        #expect(try key(members) == key())
    }

    @Test(arguments: [
        #","temperature":0"#, #","n":2"#, #","seed":1"#, #","tools":[]"#, #","x_unknown":null"#, #","max_tokens":5"#,
    ])
    func `all else does`(members: String) throws {
        #expect(try key(members) != key())
    }

    @Test func `the same body asks each endpoint for something else`() throws {
        let keys = try Set(ModelOperation.allCases.map { try key(operation: $0) })
        #expect(keys.count == ModelOperation.allCases.count)
    }

    @Test func `another configuration of the model is another key`() throws {
        #expect(try key("", .global, .anonymous, SHA256.hash([1])) != key())
    }

    @Test func `scopes share as they say`() throws {
        let ann = identity("k1", user: "ann", team: "red")
        let annAgain = identity("k2", user: "ann", team: "red")
        let bob = identity("k3", user: "bob", team: "red")
        let eve = identity("k4", user: "eve", team: "blue")
        #expect(try key("", .user, ann) == key("", .user, annAgain))
        #expect(try key("", .user, ann) != key("", .user, bob))
        #expect(try key("", .team, ann) == key("", .team, bob))
        #expect(try key("", .team, ann) != key("", .team, eve))
        #expect(try key("", .global, ann) == key("", .global, eve))
        #expect(try key("", .user, ann) != key("", .global, ann))
    }

    @Test(arguments: [CacheScope.user, .team])
    func `keys without user and team share with nobody`(scope: CacheScope) throws {
        #expect(try key("", scope, identity("k1")) != key("", scope, identity("k2")))
        #expect(try key("", scope, identity("k1")) == key("", scope, identity("k1")))
    }

    @Test func `a user is never taken for a key or a team of the same name`() throws {
        let keys = try [
            key("", .team, identity(nil, team: "x")), key("", .team, identity(nil, user: "x")),
            key("", .team, identity("x")), key("", .team, .anonymous),
        ]
        #expect(Set(keys).count == 4)
    }
}
