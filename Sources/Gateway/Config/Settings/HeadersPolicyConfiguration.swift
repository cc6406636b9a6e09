internal import Policies

/// Which headers pass between client and provider, and which are set or removed.
package struct HeadersPolicyConfiguration: Sendable {
    /// The client's headers that go to the provider beyond the usual ones, in lower case. Default: none.
    package let forward: [String]
    /// The provider's headers that go to the client beyond the usual ones, in lower case. Default: none.
    package let relay: [String]
    /// Of the request to the provider.
    package let request: HeaderEditsConfiguration
    /// Of the answer to the client.
    package let answer: HeaderEditsConfiguration

    /// `taken`: headers that upstreams set, and which.
    package init(_ r: ConfigReader, taken: [String: String]) {
        forward = r.value(
            "forward", .headerNames(.forward, taken: taken), default: [], example: .array([.string("x-session-id")]),
            doc: "The client's headers that go to the provider, beyond those that always do.")
        relay = r.value(
            "relay", .headerNames(.relay), default: [], example: .array([.string("openai-processing-ms")]),
            doc: "The provider's headers that go to the client, beyond those that always do.")
        request = r.section("request", doc: "Headers of the request to the provider.") {
            HeaderEditsConfiguration($0, setting: .request, removing: .request, taken: taken)
        }
        answer = r.section("response", doc: "Headers of the answer to the client.") {
            HeaderEditsConfiguration($0, setting: .answer, removing: .withhold)
        }
    }

    /// Whether it says anything about answers.
    package var concernsAnswers: Bool { !relay.isEmpty || !answer.set.isEmpty || !answer.remove.isEmpty }
}
