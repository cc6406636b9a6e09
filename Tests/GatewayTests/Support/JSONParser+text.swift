import Upstreams

extension JSONParser {
    func parse(text: String) throws(JSONError) -> JSONDocument {
        try ByteBuffer(Array(text.utf8)).withBytes { (bytes) throws(JSONError) in try parse(bytes) }
    }
}
