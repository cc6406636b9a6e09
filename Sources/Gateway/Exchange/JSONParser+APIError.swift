import Upstreams

extension JSONParser {
    /// Validates a whole text; whoever sent one that is no JSON is told where it is not.
    func document(_ text: borrowing ByteBuffer) throws(APIError) -> JSONDocument {
        do {
            return try text.withBytes { (bytes) throws(JSONError) in try parse(bytes) }
        } catch {
            throw APIError(error)
        }
    }
}
