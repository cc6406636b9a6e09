import Policies
import Upstreams

/// Names an answer by all that decides it: SHA-256 over the canonical request, the scope in which it is shared, the
/// model and what serves the model.
enum CacheKey {
    /// Members of a request that change how an answer is sent or who is billed, not the answer.
    private static let omitted: [StaticString] = ["stream", "stream_options", "user", "metadata"]

    /// Fields towards the provider that name the call, not the answer.
    private static let callFields: Set<String> = ["traceparent", "tracestate", "idempotency-key", "x-request-id"]

    /// - Parameters:
    ///   - version: names what serves the model, so that answers of an older configuration are not found.
    ///   - purpose: names who asks, and the form of the key.
    static func make(
        _ request: CompletionRequest, _ scope: CacheScope, _ identity: Identity, version: Digest,
        purpose: String = "sluice chat 1"
    ) -> Digest {
        var text = ByteBuffer()
        text.appendJSON {
            $0.array {
                $0.element(purpose)
                if request.operation != .chat { $0.element(request.operation.rawValue) }
                $0.element(scope.rawValue)
                $0.element(scope.subject(identity))
                $0.element(version.hexadecimal)
                for field in request.fields where !callFields.contains(field.name.lowercased()) {
                    $0.element(field.name)
                    $0.element(field.value)
                }
            }
        }
        CanonicalJSON.write(request.document.root, omitting: omitted, to: &text)
        return text.withBytes { SHA256.hash($0) }
    }
}

extension CacheScope {
    /// Whose answers these are; callers without a user are told apart by their keys.
    fileprivate func subject(_ identity: Identity) -> String {
        switch self {
        case .user: Self.person(identity)
        case .team: identity.team.map { "team \($0)" } ?? Self.person(identity)
        case .global: ""
        }
    }

    private static func person(_ identity: Identity) -> String {
        identity.user.map { "user \($0)" } ?? identity.keyID.map { "key \($0)" } ?? ""
    }
}
