import Policies
import Upstreams

extension Runtime {
    /// The figures of what is relayed to the targets of the model that a body names; nil: none of them has that, and the
    /// dialect's own form is translated.
    func relaying(_ operation: ModelOperation, _ body: JSONDocument, by identity: Identity) -> ServedDialect? {
        guard configuration.upstreams.contains(where: \.hasResponses) else { return nil }
        guard let name = body.root["model"]?.string, let route = models.route(identity.stand(inFor: name)),
            group(route).serves(operation)
        else { return nil }
        return relayed[operation]
    }
}
