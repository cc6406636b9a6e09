import Policies
import Upstreams

extension RequestValidator {
    /// Throws the first mistake of a body; `root` is its outermost value.
    static func validate(
        _ root: JSONValue, endpoint: ValidationEndpoint, settings: ValidationSettings
    ) throws(Refusal) {
        try RequestValidator(settings).validate(root.document, endpoint: endpoint)
    }
}
