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
        writer.member("dialect", facts.dialect)
        writer.member("path", facts.path)
        writer.member("model", facts.model)
        writer.member("address", facts.address)
        writer.member("usage", form.wantsUsage ? 1 : 0)
        for (key, value) in [
            ("key", facts.identity.keyID), ("caller", facts.identity.user), ("team", facts.identity.team),
            ("user", facts.bodyUser), ("user_id", facts.bodyUserID), ("client_id", facts.bodyClientID),
        ] as [(String, String?)] {
            guard let value else { continue }
            writer.key(key)
            writer.element(value)
        }
        writer.array("tags") { for tag in facts.identity.tags { $0.element(tag) } }
        writer.object("headers") {
            for (name, value) in facts.headers {
                $0.key(name)
                $0.element(value)
            }
        }
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
        let root = document.root
        func member(_ name: String) -> String? { root[named: name]?.string }
        address = LogAddress(id, tag: tag)
        form = AnswerForm(isStream: true, wantsUsage: root["usage"]?.int == 1)
        let identity = Identity(
            keyID: member("key"), user: member("caller"), team: member("team"),
            tags: root["tags"].map { $0.elements.compactMap(\.string) } ?? [], models: [])
        var headers: [String: String] = [:]
        if let members = root["headers"]?.members { for field in members { headers[field.key] = field.value.string } }
        facts = RequestFacts(
            dialect: member("dialect") ?? "", path: member("path") ?? "", model: member("model") ?? "",
            identity: identity, address: member("address") ?? "", isStream: true, headers: headers,
            bodyUser: member("user"), bodyUserID: member("user_id"), bodyClientID: member("client_id"))
    }
}
