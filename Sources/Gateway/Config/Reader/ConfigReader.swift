/// Reads the members of one object of the configuration, each named once with its type, default and meaning.
///
/// The same calls serve three ends: reading a file, recording the schema, and making placeholders after a mistake.
/// Every mistake is reported to the context and reading goes on; a call never fails. Members that nobody asked for
/// are reported as unknown at the end.
package final class ConfigReader {
    private enum Mode {
        case reading(ConfigPlace, [ConfigMember])
        case recording
        /// Values are asked for, but there is no file: defaults and placeholders, and nothing is reported.
        case absent
    }

    private let mode: Mode
    private var known: [String]
    private var fields: [ConfigField] = []

    private init(_ mode: Mode, known: [String] = []) {
        self.mode = mode
        self.known = known
    }

    /// A reader of nothing, for placeholders and for sections that are left out.
    package static var placeholder: ConfigReader { ConfigReader(.absent) }

    /// Reads the object at `place`, and reports members that `body` does not ask for.
    package static func read<T>(
        _ place: ConfigPlace, alsoKnown known: [String] = [], _ body: (ConfigReader) -> T
    ) -> T? {
        guard case .object(let members) = place.node.value else {
            place.reportMismatch(expected: "an object")
            return nil
        }
        let reader = ConfigReader(.reading(place, members), known: known)
        let value = body(reader)
        reader.reportUnknownMembers()
        return value
    }

    /// The members that `body` asks for.
    package static func record(_ body: (ConfigReader) -> Void) -> [ConfigField] {
        let reader = ConfigReader(.recording)
        body(reader)
        return reader.fields
    }

    // MARK: Members

    /// A member that must be there.
    package func required<T>(_ key: String, _ type: ConfigType<T>, example: ConfigJSON? = nil, doc: String) -> T {
        note(key, type, .required, example, doc)
        if let place = place(of: key) { return type.read(place) ?? type.placeholder() }
        if case .reading(let object, _) = mode {
            object.context.report(
                "missing; it is required", offset: object.node.offset, path: ConfigPlace.path(object.path, key))
        }
        return type.placeholder()
    }

    /// A member that may be missing, and then has the default.
    package func value<T>(
        _ key: String, _ type: ConfigType<T>, default: T, example: ConfigJSON? = nil, doc: String
    ) -> T {
        note(key, type, .defaulted(type.json(`default`)), example, doc)
        guard let place = place(of: key) else { return `default` }
        return type.read(place) ?? `default`
    }

    /// A member that may be missing or null, which means none.
    package func optional<T>(_ key: String, _ type: ConfigType<T>, example: ConfigJSON? = nil, doc: String) -> T? {
        note(key, type, .optional, example, doc)
        guard let place = place(of: key) else { return nil }
        if case .null = place.node.value { return nil }
        return type.read(place) ?? type.placeholder()
    }

    /// An object whose members all have defaults; it may be missing.
    package func section<T>(_ key: String, doc: String, _ body: @escaping (ConfigReader) -> T) -> T {
        let type = ConfigType.object(body)
        note(key, type, .defaulted(nil), nil, doc)
        guard let place = place(of: key) else { return type.placeholder() }
        return type.read(place) ?? type.placeholder()
    }

    /// Members of a later version: anything but null is refused, since it would have no effect.
    package func unavailable(_ keys: String...) {
        let type = ConfigType<Void>(
            shape: { .unavailable }, placeholder: (),
            read: { place in
                if case .null = place.node.value { return }
                place.report("not available in this version")
            })
        for key in keys { _ = optional(key, type, doc: "Not available in this version.") }
    }

    // MARK: Checks across members

    /// The names of the members of the object at `key`, whether or not their values can be read.
    package func memberNames(of key: String) -> [String] {
        guard case .object(let members) = place(of: key)?.node.value else { return [] }
        return members.map(\.name)
    }

    /// The names of the members of the object at `inner` in the object at `key`.
    func memberNames(of key: String, _ inner: String) -> [String] {
        guard case .object(let members) = place(of: key)?.node[inner]?.value else { return [] }
        return members.map(\.name)
    }

    /// All texts in the value at `key`, names of members aside.
    func texts(of key: String) -> [String] { place(of: key)?.node.texts ?? [] }

    /// Whether the object has the member.
    package func has(_ key: String) -> Bool { place(of: key) != nil }

    /// Reports a mistake at the value that the steps lead to, or at the last value on the way that exists.
    package func report(_ message: String, at steps: ConfigStep...) { report(message, at: steps) }

    package func report(_ message: String, at steps: [ConfigStep]) {
        guard let (offset, path, context) = place(of: steps) else { return }
        context.report(message, offset: offset, path: path)
    }

    /// Tells at such a value of something that is legal and yet without effect.
    func warn(_ message: String, at steps: [ConfigStep]) {
        guard let (offset, path, context) = place(of: steps) else { return }
        context.warn(message, offset: offset, path: path)
    }

    /// Where the value stands that the steps lead to, or the last value on the way that exists; nil: there is no file.
    private func place(of steps: [ConfigStep]) -> (offset: Int, path: String, context: ConfigContext)? {
        guard case .reading(let object, _) = mode else { return nil }
        var node: ConfigNode? = object.node
        var offset = object.node.offset
        var path = object.path
        for step in steps {
            switch step {
            case .member(let name):
                node = node?[name]
                path = ConfigPlace.path(path, name)
            case .element(let index):
                node = node?[index]
                path += "[\(index)]"
            }
            if let node { offset = node.offset }
        }
        return (offset, path, object.context)
    }

    /// Reports every element of a list whose text `member` equals that of an earlier one; `canonical` gives nil for
    /// text that need not be unique.
    package func requireUnique(
        _ list: String, _ member: String, canonical: (String) -> String? = { $0 }, _ message: String
    ) {
        guard let place = place(of: list), case .array(let elements) = place.node.value else { return }
        var first: [String: Int] = [:]
        for (index, element) in elements.enumerated() {
            guard let node = element[member], let text = node.string.flatMap(canonical) else { continue }
            guard let earlier = first[text] else {
                first[text] = node.offset
                continue
            }
            let line = place.context.text.position(of: earlier).line
            report("\(message); it is already on line \(line)", at: .member(list), .element(index), .member(member))
        }
    }

    // MARK: Inside

    /// The kind that an object names, nil after reporting that it names none of those there are.
    static func kind(of place: ConfigPlace, member: String, among kinds: [String]) -> String? {
        let list = kinds.joined(separator: ", ")
        let path = ConfigPlace.path(place.path, member)
        guard let node = place.node[member] else {
            place.context.report("missing; it is required: \(list)", offset: place.node.offset, path: path)
            return nil
        }
        if let name = node.string, kinds.contains(name) { return name }
        let hint = node.string.map { Suggestion.phrase(for: $0, among: kinds) } ?? ""
        place.context.report(
            "\(node.summary) is not available in this version; available: \(list)\(hint)", offset: node.offset,
            path: path)
        return nil
    }

    private func place(of key: String) -> ConfigPlace? {
        guard case .reading(let object, let members) = mode else { return nil }
        return members.first { $0.name == key }.map(object.member)
    }

    private func note<T>(
        _ key: String, _ type: ConfigType<T>, _ presence: ConfigField.Presence, _ example: ConfigJSON?, _ doc: String
    ) {
        precondition(!known.contains(key), "the member \(key) is read twice")
        known.append(key)
        guard case .recording = mode else { return }
        fields.append(ConfigField(name: key, doc: doc, shape: type.shape(), presence: presence, example: example))
    }

    private func reportUnknownMembers() {
        guard case .reading(let object, let members) = mode else { return }
        for member in members where !known.contains(member.name) {
            let hint = Suggestion.phrase(for: member.name, among: known)
            object.context.report(
                "unknown key\(hint)", offset: member.nameOffset, path: ConfigPlace.path(object.path, member.name))
        }
    }
}
