import Upstreams

/// Arrays and strings where the real code takes spans.
extension JSONParser {
    func parse(_ bytes: [UInt8]) throws(JSONError) -> JSONDocument {
        try ByteBuffer(bytes).withBytes { span throws(JSONError) in try parse(span) }
    }

    func parse(_ text: String) throws(JSONError) -> JSONDocument { try parse(Array(text.utf8)) }

    func chunkFacts(_ bytes: [UInt8]) throws(JSONError) -> ChatChunkFacts {
        try ByteBuffer(bytes).withBytes { span throws(JSONError) in try chunkFacts(span) }
    }
}
