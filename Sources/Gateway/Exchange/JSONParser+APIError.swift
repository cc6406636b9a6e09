import Upstreams

extension JSONParser {
    /// Validates a whole text; whoever sent one that is no JSON is told where it is not.
    func document(_ text: RawSpan) throws(APIError) -> JSONDocument {
        do {
            return try parse(text)
        } catch {
            throw APIError(error)
        }
    }

    func document(_ text: borrowing ByteBuffer) throws(APIError) -> JSONDocument {
        try text.withBytes { (bytes) throws(APIError) in try document(bytes) }
    }

    /// The same for someone who is told later.
    func read(_ text: borrowing ByteBuffer) -> Result<JSONDocument, APIError> {
        do {
            return .success(try document(text))
        } catch {
            return .failure(error)
        }
    }
}
