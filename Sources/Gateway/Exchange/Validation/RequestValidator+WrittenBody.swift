import Policies
import Upstreams

extension RequestValidator {
    /// Throws the first mistake of a body.
    static func validate(_ written: WrittenBody, settings: ValidationSettings) throws(Refusal) {
        try RequestValidator(settings).validate(written.document, endpoint: written.endpoint)
    }
}
