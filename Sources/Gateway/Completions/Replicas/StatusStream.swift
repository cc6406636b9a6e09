import Upstreams

/// The answer to a question as other programs follow it in Redis: a stream with one field `data` per entry, which holds
/// a status of the question dialect (API page, "Question dialect").
///
/// It holds what the provider said, as a kept log does. Written by the replica that writes the log, as long as the
/// question has no other answer.
final class StatusStream {
    private let name: String
    private let address: LogAddress
    private let keep: Int
    private unowned let desk: ReplicaDesk
    private let statuses: QuestionStatuses

    init(_ name: String, _ address: LogAddress, keep: Int, maxBytes: Int, desk: ReplicaDesk) {
        self.name = name
        self.address = address
        self.keep = keep
        self.desk = desk
        statuses = QuestionStatuses(desk.parser, maxBytes: maxBytes)
    }

    func begin(_ done: @escaping (RedisError?) -> Void) { tell(done) { add in statuses.begin(add) } }

    func append(_ batch: EventBatch, _ done: @escaping (RedisError?) -> Void) {
        tell(done) { add in batch.forEach(from: batch.firstOffset) { payload, _ in statuses.event(payload, add) } }
    }

    func end(_ end: CompletionEnd, _ done: @escaping (RedisError?) -> Void) {
        tell(done) { add in
            switch end {
            case .completed:
                do throws(APIError) {
                    try statuses.end(add)
                } catch {
                    statuses.fail(error, add)
                }
            case .failed(let error): statuses.fail(APIError(error), add)
            case .cancelled(let cause): statuses.fail(APIError(cause), add)
            }
        }
    }

    /// The status of an answer whose writer is gone.
    static var interruption: [UInt8] {
        var told: [UInt8] = []
        QuestionStatuses(JSONParser(), maxBytes: 0).fail(APIError(.writerLost)) { told = $0.copy() }
        return told
    }

    /// Sends the statuses that `body` adds, if there are any.
    private func tell(_ done: @escaping (RedisError?) -> Void, _ body: ((RawSpan) -> Void) -> Void) {
        var arguments = RedisArguments()
        arguments.add(address.id.description)
        arguments.add(keep)
        body { arguments.add($0) }
        guard arguments.count > 2 else { return }
        desk.run(desk.scripts.tell, keys: [desk.keys.claim(address), name], arguments) { done($0.error) }
    }
}
