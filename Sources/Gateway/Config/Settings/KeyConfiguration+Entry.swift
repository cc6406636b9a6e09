import Upstreams

extension KeyConfiguration {
    /// The entry of `keys` from which this is read again, without what goes without saying.
    var entry: ConfigJSON {
        var members: [(String, ConfigJSON)] = [("id", .string(id)), ("sha256", .string(Hexadecimal.encode(sha256)))]
        if user != id { members.append(("user", .string(user))) }
        if let team { members.append(("team", .string(team))) }
        if models != ["*"] { members.append(("models", .array(models.map { .string($0) }))) }
        if !modelMap.isEmpty {
            members.append(("model_map", .object(modelMap.map { ($0.name, .string($0.value)) })))
        }
        if !tags.isEmpty { members.append(("tags", .array(tags.map { .string($0) }))) }
        if let expires { members.append(("expires", .string(KeyExpiry.text(expires)))) }
        if isDisabled { members.append(("disabled", .bool(true))) }
        return .object(members)
    }

    /// What operators are told of it: never the digest.
    func write(to writer: inout JSONWriter) {
        writer.member("id", id)
        writer.member("user", user)
        writer.member("team", team)
        writer.array("models") { for model in models { $0.element(model) } }
        writer.object("model_map") { map in
            for (name, value) in modelMap {
                map.key(name)
                map.element(value)
            }
        }
        writer.array("tags") { for tag in tags { $0.element(tag) } }
        writer.member("expires", expires.map(KeyExpiry.text))
        writer.member("disabled", isDisabled)
        writer.member("source", isInFile ? "file" : "configuration")
    }
}
