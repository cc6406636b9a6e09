import Policies
import Upstreams

@testable import Gateway

/// `rewrite` policies made of a few words of configuration, at work on texts.
enum RewriteFixture {
    static let values = PlaceholderValues(
        Identity(keyID: "k1", user: #"al"ice"#, team: nil, models: []), model: "gpt-4o", requestID: "req-1")

    /// A policy of these members of a `rewrite` entry.
    static func policy(_ members: String) throws -> RewritePolicyConfiguration {
        let text = ConfigFixture.root(["policies": #"[{ "kind": "rewrite", \#(members) }]"#])
        let configuration = try ConfigFixture.load(text)
        guard case .rewrite(let settings) = configuration.policies[0].kind else { preconditionFailure("another kind") }
        return settings
    }

    /// The request as the policy leaves it; nil: as it was.
    static func rewrite(_ members: String, _ request: String) throws -> String? {
        let document = unsafe try JSONParser().parse(Array(request.utf8).span.bytes)
        guard let text = try policy(members).rewritten(document.root, values) else { return nil }
        // What comes out must be JSON again.
        _ = try text.withBytes { try JSONParser().parse($0) }
        return text.text
    }

    static func mistakes(_ members: String) -> [String] {
        ConfigFixture.mistakes(ConfigFixture.root(["policies": #"[{ "kind": "rewrite", \#(members) }]"#]))
    }
}
