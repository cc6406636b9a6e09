import CJSON

/// The events of one JSON document, found by simdjson. Owns the memory of their strings and frees it exactly once.
@safe
struct ConfigWalk: ~Copyable {
    private let handle: OpaquePointer
    /// What is wrong with the document, and at which byte; nil when it is sound.
    let failure: (kind: cj_walk_failure, offset: Int)?
    let count: Int

    /// Walks a document of at most `maxDepth` nested arrays and objects.
    init(_ bytes: [UInt8], maxDepth: Int) {
        let walk = unsafe bytes.withUnsafeBytes { memory in
            unsafe cj_walk_start(memory.assumingMemoryBound(to: CChar.self).baseAddress, memory.count, maxDepth)
        }
        guard let handle = unsafe walk else { preconditionFailure("out of memory") }
        unsafe self.handle = handle
        var offset = 0
        let result = unsafe cj_walk_result(handle, &offset)
        failure = result == CJ_WALK_OK ? nil : (result, offset)
        count = unsafe cj_walk_count(handle)
    }

    deinit { unsafe cj_walk_free(handle) }

    func event(_ index: Int) -> Event {
        precondition(index >= 0 && index < count, "no such event")
        let event = unsafe cj_walk_event_at(handle, index)
        let text = unsafe UnsafeRawBufferPointer(start: event.text, count: event.length)
        return unsafe Event(
            kind: event.kind, offset: event.offset, text: String(decoding: text, as: UTF8.self),
            integer: Int(event.integer), number: event.number)
    }

    struct Event {
        let kind: cj_walk_kind
        let offset: Int
        let text: String
        let integer: Int
        let number: Double
    }
}
