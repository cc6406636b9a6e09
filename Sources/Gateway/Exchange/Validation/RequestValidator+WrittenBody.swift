import Policies
import Upstreams

extension RequestValidator {
    /// Throws the first mistake of a body.
    func validate(_ written: WrittenBody) throws(Refusal) {
        try validate(written.document, endpoint: written.endpoint)
    }
}
