/// The messages of a chat as turns of two sides, for APIs where user and model take turns.
///
/// Tools' results are the user's side. Messages of the same side in a row are one turn.
struct MessageTurns {
    struct Turn {
        let isAssistant: Bool
        /// Places in `messages`.
        var messages: [(place: Int, message: JSONValue)]
    }

    /// Those of the roles `system` and `developer`, wherever they stand.
    private(set) var instructions: [(place: Int, message: JSONValue)] = []
    private(set) var turns: [Turn] = []

    init(_ root: JSONValue, _ refusals: inout Refusals) {
        guard let messages = root.present("messages") else { return }
        for (place, message) in messages.elements.enumerated() {
            guard let role = message["role"] else { continue }
            if role.isString("system") || role.isString("developer") {
                instructions.append((place, message))
            } else if role.isString("assistant") {
                add(place, message, isAssistant: true)
            } else if role.isString("user") || role.isString("tool") {
                add(place, message, isAssistant: false)
            } else {
                refusals.unsupportedValue("messages[\(place)].role", "this role is not supported with this model")
            }
        }
    }

    private mutating func add(_ place: Int, _ message: JSONValue, isAssistant: Bool) {
        if let last = turns.indices.last, turns[last].isAssistant == isAssistant {
            turns[last].messages.append((place, message))
        } else {
            turns.append(Turn(isAssistant: isAssistant, messages: [(place, message)]))
        }
    }
}
