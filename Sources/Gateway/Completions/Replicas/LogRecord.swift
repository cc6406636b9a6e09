import Upstreams

/// One entry of a log's stream in Redis: events that were published together, or the terminal record.
///
/// The id of events is `END-0`, where END is the offset after the last of them; fields: `s` their sizes (`12,5u`; `u`
/// marks one with usage alone, `p` one of a task's progress), `d` their payloads in one piece, `c` once there was
/// content, `u` the usage. The id of the terminal record is `LogScripts.lastID`; fields: `e` how it ended, `n` how many
/// events there are, and what is known of a failure.
enum LogRecord {
    case events(EventBatch, hasContent: Bool, usage: ChatChunkFacts.Usage?)
    /// `events`: how many the log has; nil: whoever wrote this does not know.
    case end(CompletionEnd, events: Int?)

    // MARK: Writing

    /// The fields of what a turn has added.
    static func fields(_ batch: EventBatch, _ publication: SharedLog.Publication) -> RedisArguments {
        var fields = RedisArguments()
        fields.add("s")
        fields.add(sizes(batch))
        fields.add("d")
        fields.add(batch.payloads)
        if publication.hasContent {
            fields.add("c")
            fields.add(1)
        }
        if let usage = publication.usage {
            fields.add("u")
            fields.add(
                "\(usage.promptTokens),\(usage.completionTokens),\(usage.totalTokens),\(usage.cachedTokens)")
        }
        return fields
    }

    private static func sizes(_ batch: EventBatch) -> String {
        var start = 0
        return batch.entries.map { entry in
            defer { start = entry.end }
            return "\(entry.end - start)\(mark(entry.kind))"
        }.joined(separator: ",")
    }

    /// What stands behind the size of an event of this kind.
    private static func mark(_ kind: LogEventKind) -> String {
        switch kind {
        case .ordinary: ""
        case .usageOnly: "u"
        case .progress: "p"
        }
    }

    /// The fields of the terminal record of a log of so many events.
    static func fields(_ end: CompletionEnd, events: Int) -> RedisArguments {
        var fields = RedisArguments()
        func add(_ name: String, _ value: String) {
            fields.add(name)
            fields.add(value)
        }
        switch end {
        case .completed: add("e", "completed")
        case .cancelled(let cause):
            add("e", "cancelled")
            add("k", cause.rawValue)
        case .failed(let error):
            add("e", "failed")
            add("k", error.cause.rawValue)
            add("m", error.message)
            if let wait = error.retryAfter { add("r", String(wait)) }
            if let answer = error.answer {
                add("status", String(answer.head.status))
                fields.add("head")
                fields.add(answer.head.lines)
                fields.add("body")
                fields.add(answer.body)
            }
        }
        add("n", String(events))
        return fields
    }

    // MARK: Reading

    /// Nil: no record of this form.
    init?(_ entry: RedisReply) {
        guard entry.count == 2, let id = entry.withElement(0, { $0.string }) else { return nil }
        let fields = entry.withElement(1) { Fields($0) }
        if id == LogScripts.lastID {
            guard let end = fields.end else { return nil }
            self = .end(end, events: fields.number("n"))
        } else {
            guard let offset = id.split(separator: "-").first.flatMap({ Int($0) }),
                let batch = fields.batch(endOffset: offset)
            else { return nil }
            self = .events(batch, hasContent: fields.text("c") != nil, usage: fields.usage)
        }
    }

    private struct Fields {
        private var values: [String: [UInt8]] = [:]

        init(_ reply: RedisReply) {
            for place in stride(from: 0, to: reply.count - 1, by: 2) {
                guard let name = reply.withElement(place, { $0.string }),
                    case .bytes(let value) = reply.withElement(place + 1, { $0.value })
                else { continue }
                values[name] = value
            }
        }

        func text(_ name: String) -> String? { values[name].map { String(decoding: $0, as: UTF8.self) } }

        func number(_ name: String) -> Int? { text(name).flatMap { Int($0) } }

        func batch(endOffset: Int) -> EventBatch? {
            guard let sizes = text("s")?.split(separator: ","), let payloads = values["d"], !sizes.isEmpty,
                endOffset >= sizes.count
            else { return nil }
            var entries: [EventBatch.Entry] = []
            var end = 0
            for size in sizes {
                let kind: LogEventKind = size.last == "u" ? .usageOnly : size.last == "p" ? .progress : .ordinary
                guard let count = Int(kind == .ordinary ? size : size.dropLast()), count >= 0,
                    count <= payloads.count - end
                else { return nil }
                end += count
                entries.append(EventBatch.Entry(end: end, kind: kind))
            }
            guard end == payloads.count else { return nil }
            return EventBatch(firstOffset: endOffset - sizes.count, entries: entries, payloads: payloads)
        }

        var usage: ChatChunkFacts.Usage? {
            guard let counts = text("u")?.split(separator: ",").compactMap({ Int($0) }), counts.count == 4 else {
                return nil
            }
            return ChatChunkFacts.Usage(
                promptTokens: counts[0], completionTokens: counts[1], totalTokens: counts[2], cachedTokens: counts[3])
        }

        var end: CompletionEnd? {
            switch text("e") {
            case "completed": .completed
            case "cancelled": .cancelled(.init(elsewhere: text("k")))
            case "failed":
                text("k").flatMap { UpstreamError.Cause(rawValue: $0) }.map { cause in
                    .failed(UpstreamError(cause, text("m") ?? "", answer: answer, retryAfter: number("r")))
                }
            default: nil
            }
        }

        private var answer: UpstreamError.Answer? {
            guard let status = number("status"), let head = values["head"], let body = values["body"] else {
                return nil
            }
            return UpstreamError.Answer(head: AnswerHead(status: status, lines: head), body: body)
        }
    }
}

extension CompletionEnd.Cause {
    /// What a cause at another replica is to a reader here: that one may end while this one does not.
    fileprivate init(elsewhere name: String?) {
        let cause = name.flatMap { Self(rawValue: $0) } ?? .writerLost
        self = cause == .shuttingDown ? .writerLost : cause
    }
}
