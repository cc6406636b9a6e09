import CJSON

/// Turns the text of a configuration file into a tree of located values.
struct ConfigDocument: ~Copyable {
    /// Nested arrays and objects that a file may have.
    private static let maxDepth = 64

    private let context: ConfigContext
    private let walk: ConfigWalk
    private var next = 0

    /// The root object. Duplicate names are reported and the first of them counts; nil after a mistake in the grammar
    /// has been reported.
    static func parse(_ context: ConfigContext) -> ConfigNode? {
        var document = ConfigDocument(context)
        if let failure = document.walk.failure {
            SyntaxError(context.text, failure.kind, offset: failure.offset).report(to: context)
            return nil
        }
        return document.node(path: "")
    }

    private init(_ context: ConfigContext) {
        self.context = context
        walk = ConfigWalk(context.text.bytes, maxDepth: Self.maxDepth)
    }

    private mutating func take() -> ConfigWalk.Event {
        next += 1
        return walk.event(next - 1)
    }

    private mutating func node(path: String) -> ConfigNode {
        let event = take()
        let value: ConfigNode.Value =
            switch event.kind {
            case CJ_WALK_FALSE: .bool(false)
            case CJ_WALK_TRUE: .bool(true)
            case CJ_WALK_INTEGER: .integer(event.integer)
            case CJ_WALK_NUMBER: .number(event.number)
            case CJ_WALK_STRING: .string(event.text)
            case CJ_WALK_ARRAY: .array(elements(path: path))
            case CJ_WALK_OBJECT: .object(members(path: path))
            default: .null
            }
        return ConfigNode(value: value, offset: event.offset)
    }

    private mutating func elements(path: String) -> [ConfigNode] {
        var elements: [ConfigNode] = []
        while walk.event(next).kind != CJ_WALK_ARRAY_END {
            elements.append(node(path: "\(path)[\(elements.count)]"))
        }
        next += 1
        return elements
    }

    private mutating func members(path: String) -> [ConfigMember] {
        var members: [ConfigMember] = []
        while true {
            let event = take()
            if event.kind == CJ_WALK_OBJECT_END { return members }
            let memberPath = ConfigPlace.path(path, event.text)
            let node = node(path: memberPath)
            if let earlier = members.first(where: { $0.name == event.text }) {
                let line = context.text.position(of: earlier.nameOffset).line
                context.report("duplicate key; it is already on line \(line)", offset: event.offset, path: memberPath)
            } else {
                members.append(ConfigMember(name: event.text, nameOffset: event.offset, node: node))
            }
        }
    }
}
