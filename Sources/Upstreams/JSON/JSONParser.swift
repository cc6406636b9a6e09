internal import CJSON

/// Parses and validates JSON texts (RFC 8259), one parser per worker. Numbers may be of any size.
///
/// Owns the scratch memory of simdjson, which later texts reuse, and a small pool of document memory. Keeps nothing of
/// a text longer than 1 MiB once it is read. Documents hold their parser alive and stay on its thread.
@safe
package final class JSONParser {
    private let handle: OpaquePointer

    /// `maxDepth`: arrays and objects that may be open at once. `maxValues`: keys and values of one text, below 2^24.
    package init(maxDepth: Int = 64, maxValues: Int = 1_000_000) {
        precondition(maxDepth > 0 && maxDepth <= 100_000, "a depth that no text has")
        precondition(maxValues > 0 && maxValues < 1 << 24, "more values than a node can count")
        guard let handle = unsafe cj_parser_new(UInt32(maxDepth), UInt32(maxValues)) else {
            preconditionFailure("out of memory")
        }
        unsafe self.handle = handle
    }

    deinit { unsafe cj_parser_free(handle) }

    /// Validates `bytes` whole and gives them as a document, which copies what it needs.
    package func parse(_ bytes: RawSpan) throws(JSONError) -> JSONDocument {
        var contents = unsafe cj_document()
        let outcome = unsafe bytes.withUnsafeBytes { unsafe cj_parse(handle, $0.baseAddress, $0.count, &contents) }
        if let error = JSONError(outcome) { throw error }
        return unsafe JSONDocument(contents, of: self)
    }

    /// Validates one event of a stream, or a whole completion, and reads what the relay has to know of it.
    package func chunkFacts(_ payload: RawSpan) throws(JSONError) -> ChatChunkFacts {
        var facts = cj_chunk_facts()
        let outcome = unsafe payload.withUnsafeBytes { unsafe cj_read_chunk(handle, $0.baseAddress, $0.count, &facts) }
        if let error = JSONError(outcome) { throw error }
        return ChatChunkFacts(facts)
    }

    /// Calls `body` with the text of a completion, or of an event of a stream, that has but one choice: UTF-8, valid
    /// during the call, in which the parser must not be used. `isLast`: the choice has a finish reason.
    ///
    /// Nil: what is no JSON, has several choices, or no text in the one place where it is looked for. A document tells.
    package func withOnlyText<Result, Failure>(
        of payload: RawSpan, _ body: (_ text: RawSpan, _ isLast: Bool) throws(Failure) -> Result
    ) throws(Failure) -> Result? {
        var only = unsafe cj_only_text()
        let isFound = unsafe payload.withUnsafeBytes {
            unsafe cj_read_only_text(handle, $0.baseAddress, $0.count, &only)
        }
        guard isFound else { return nil }
        let text = unsafe UnsafeRawBufferPointer(start: only.text, count: only.length)
        return try unsafe body(text.bytes, only.is_last)
    }

    /// Bytes of memory kept between texts.
    package var bytesKept: Int { unsafe cj_parser_kept(handle) }

    /// See `JSONDocument.dropping`.
    @unsafe
    func document(_ whole: cj_document, without isDropped: [Bool], ofArrayAt index: Int) -> JSONDocument {
        var contents = unsafe cj_document()
        let isMade = unsafe withUnsafePointer(to: whole) { whole in
            unsafe isDropped.withUnsafeBufferPointer {
                unsafe cj_drop_elements(handle, whole, index, $0.baseAddress, &contents)
            }
        }
        precondition(isMade, "out of memory")
        return unsafe JSONDocument(contents, of: self)
    }

    @unsafe
    func takeBack(_ contents: cj_document) {
        unsafe withUnsafePointer(to: contents) { unsafe cj_document_free(handle, $0) }
    }
}
