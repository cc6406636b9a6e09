import Policies
import Upstreams

/// What policies knew of a request, as replicas tell it each other: what guards look at later, without the figures that
/// only limits ask for.
extension RequestFacts {
    /// The members of an object.
    func write(to writer: inout JSONWriter) {
        writer.member("dialect", dialect)
        writer.member("path", path)
        writer.member("model", model)
        writer.member("address", address)
        for (key, value) in [
            ("key", identity.keyID), ("caller", identity.user), ("team", identity.team),
            ("user", bodyUser), ("user_id", bodyUserID), ("client_id", bodyClientID),
        ] as [(String, String?)] {
            guard let value else { continue }
            writer.key(key)
            writer.element(value)
        }
        writer.array("tags") { for tag in identity.tags { $0.element(tag) } }
        writer.object("headers") {
            for (name, value) in headers {
                $0.key(name)
                $0.element(value)
            }
        }
    }

    /// From such members.
    convenience init(_ root: JSONValue) {
        func member(_ name: String) -> String? { root[named: name]?.string }
        let identity = Identity(
            keyID: member("key"), user: member("caller"), team: member("team"),
            tags: root["tags"].map { $0.elements.compactMap(\.string) } ?? [], models: [])
        var headers: [String: String] = [:]
        if let members = root["headers"]?.members { for field in members { headers[field.key] = field.value.string } }
        self.init(
            dialect: member("dialect") ?? "", path: member("path") ?? "", model: member("model") ?? "",
            identity: identity, address: member("address") ?? "", isStream: true, headers: headers,
            bodyUser: member("user"), bodyUserID: member("user_id"), bodyClientID: member("client_id"))
    }
}
