internal import Policies

extension ConfigType<[String]> {
    /// A list of header names, in lower case, which may be used in this way. `taken`: headers that upstreams set, and
    /// which.
    static func headerNames(_ use: HeaderUse, taken: [String: String] = [:]) -> Self {
        let name = ConfigType<String>.headerName
        let checked = ConfigType<String>(
            shape: name.shape, placeholder: "", json: name.json,
            read: { place in
                guard let name = name.read(place) else { return nil }
                guard let reason = HeaderSyntax.reason(name, use, taken) else { return name }
                place.report("no policy may use \(name.quoted) here: \(reason)")
                return nil
            })
        return .list(of: checked)
    }
}

extension ConfigType<[HeaderSetting]> {
    /// An object of header names, which may be used in this way, and their values.
    static func headerSettings(_ use: HeaderUse, taken: [String: String]) -> Self {
        let map = ConfigType<[(name: String, value: TextTemplate)]>.map(of: .fieldTemplate)
        return Self(
            shape: map.shape, placeholder: [], json: { $0.isEmpty ? .object([]) : nil },
            read: { place in
                if case .object(let members) = place.node.value { check(members, of: place, use, taken) }
                return map.read(place)?.map { HeaderSetting(name: $0.name.lowercased(), value: $0.value) }
            })
    }

    private static func check(
        _ members: [ConfigMember], of place: ConfigPlace, _ use: HeaderUse, _ taken: [String: String]
    ) {
        var seen: Set<String> = []
        for member in members {
            func report(_ message: String) {
                place.context.report(
                    message, offset: member.nameOffset, path: ConfigPlace.path(place.path, member.name))
            }
            guard let name = HeaderSyntax.name(member.name) else {
                report("expected a header's name")
                continue
            }
            if let reason = HeaderSyntax.reason(name, use, taken) {
                report("no policy may use \(name.quoted) here: \(reason)")
            }
            if !seen.insert(name).inserted { report("this header is given twice; case does not matter") }
        }
    }
}

extension HeaderSyntax {
    /// Why a policy may not use the header in this way; nil: it may.
    fileprivate static func reason(_ name: String, _ use: HeaderUse, _ taken: [String: String]) -> String? {
        ProtectedHeader.reason(name, use) ?? taken[name].map { "the upstream \($0.quoted) sets it itself" }
    }
}
