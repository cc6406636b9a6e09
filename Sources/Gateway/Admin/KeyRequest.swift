import Upstreams

/// The bodies of the calls that change keys, read as strictly as a keys file is.
enum KeyRequest {
    /// Seconds that a key which was rotated may have left: ten years.
    private static let maxGrace = 315_360_000

    /// The entry that a body asks for, for this key: the members of a keys file's entry without the digest. Without an
    /// id it gets one as `sluice keys new` makes it.
    static func key(_ body: borrowing ByteBuffer, for secret: String, now: Int) throws(APIError) -> KeyConfiguration {
        let digest = SHA256.hash(Array(secret.utf8)).hexadecimal
        let key = try read(body, { complete($0, digest: digest) }, KeyConfiguration.init)
        for (param, text) in [("id", key.id), ("user", key.user), ("team", key.team ?? "")] {
            try requirePlain(text, param)
        }
        if let end = key.expires, end <= now {
            throw .invalid("expires: lies in the past", param: "expires")
        }
        return key
    }

    /// `{"id": …, "expires_in_s": …}`, each of which may be missing, and the body as well. `id`: of the key that is there.
    static func rotation(
        _ body: borrowing ByteBuffer, of id: String, for secret: String, now: Int
    ) throws(APIError) -> KeyRenewal {
        let (newID, grace) = try read(body, { $0 }) { r in
            (
                r.optional("id", .string(), doc: "The id of the new key."),
                r.optional("expires_in_s", .int(in: 0...maxGrace, unit: .seconds), doc: "When the old key ends.")
            )
        }
        if let newID { try requirePlain(newID, "id") }
        return KeyRenewal(
            id: id, newID: newID ?? KeyRenewal.makeID(from: id), sha256: SHA256.hash(Array(secret.utf8)).bytes,
            oldEnds: grace.map { now + $0 })
    }

    private static func read<T>(
        _ body: borrowing ByteBuffer, _ complete: (ConfigNode) -> ConfigNode, _ read: (ConfigReader) -> T
    ) throws(APIError) -> T {
        let bytes = body.isEmpty ? Array("{}".utf8) : body.copy()
        let context = ConfigContext(text: ConfigText(file: "", bytes: bytes), folder: "", environment: { _ in nil })
        let node = ConfigDocument.parse(context)
        if case .object(let members)? = node?.value, members.contains(where: { $0.name == "sha256" }) {
            throw .invalid("sha256: unknown key; the gateway makes the key itself", param: "sha256")
        }
        let value = node.flatMap {
            ConfigReader.read(ConfigPlace(node: complete($0), path: "", context: context), read)
        }
        guard let value, context.issues.isEmpty else { throw refusal(context.issues) }
        return value
    }

    private static func refusal(_ issues: [ConfigIssue]) -> APIError {
        let words = issues.map { $0.path.isEmpty ? "the body: \($0.message)" : "\($0.path): \($0.message)" }
        let path = issues.first?.path ?? ""
        return .invalid(words.joined(separator: "; "), param: path.isEmpty ? nil : path)
    }

    private static func complete(_ node: ConfigNode, digest: String) -> ConfigNode {
        guard case .object(let members) = node.value else { return node }
        func member(_ name: String, _ text: String) -> ConfigMember {
            ConfigMember(
                name: name, nameOffset: node.offset, node: ConfigNode(value: .string(text), offset: node.offset))
        }
        var made = [member("sha256", digest)]
        if node["id"] == nil { made.append(member("id", NewKey.id(user: node["user"]?.string))) }
        return ConfigNode(value: .object(members + made), offset: node.offset)
    }

    private static func requirePlain(_ text: String, _ param: String) throws(APIError) {
        if text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) {
            throw .invalid("\(param): expected a text without control characters", param: param)
        }
    }
}
