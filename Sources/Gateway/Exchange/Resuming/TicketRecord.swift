import Policies
import Upstreams

/// A `ResumeTicket` as replicas share it: the fields `log` and `tag` of the log's address, and `facts`, which is JSON.
struct TicketRecord {
    let address: LogAddress
    let facts: RequestFacts
    let form: AnswerForm

    init(_ ticket: ResumeTicket, _ address: LogAddress) {
        self.address = address
        facts = ticket.facts
        form = ticket.form
    }

    // MARK: Writing

    var fields: RedisArguments {
        var fields = RedisArguments()
        for word in ["log", address.id.description, "tag", address.tag, "facts"] { fields.add(word) }
        var text = ByteBuffer()
        text.appendJSON { $0.object { write(to: &$0) } }
        text.withBytes { fields.add($0) }
        return fields
    }

    private func write(to writer: inout JSONWriter) {
        writer.member("usage", form.wantsUsage ? 1 : 0)
        facts.write(to: &writer)
    }

    // MARK: Reading

    /// From the reply to `HGETALL`; nil: no ticket.
    init?(_ result: RedisResult, _ parser: JSONParser) {
        guard case .success(let reply) = result else { return nil }
        var fields: [String: [UInt8]] = [:]
        for place in stride(from: 0, to: reply.count - 1, by: 2) {
            guard let name = reply.withElement(place, { $0.string }),
                case .bytes(let value) = reply.withElement(place + 1, { $0.value })
            else { continue }
            fields[name] = value
        }
        func text(_ name: String) -> String? { fields[name].map { String(decoding: $0, as: UTF8.self) } }
        guard let id = text("log").flatMap({ LogID($0) }), let tag = text("tag"), let json = fields["facts"],
            let document = try? ByteBuffer(json).withBytes({ try parser.parse($0) })
        else { return nil }
        address = LogAddress(id, tag: tag)
        form = AnswerForm(isStream: true, wantsUsage: document.root["usage"]?.int == 1)
        facts = RequestFacts(document.root)
    }
}
