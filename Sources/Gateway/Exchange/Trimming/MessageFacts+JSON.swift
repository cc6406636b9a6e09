import Policies
import Upstreams

extension MessageFacts {
    /// A message of a chat request whose tokens were counted.
    init(_ message: JSONValue, tokens: Int) {
        guard let role = message["role"], !role.isString("assistant") else {
            self.init(.other, tokens: tokens, calls: Self.calls(message))
            return
        }
        if role.isString("user") {
            self.init(.user, tokens: tokens)
        } else if role.isString("system") || role.isString("developer") {
            self.init(.instructions, tokens: tokens)
        } else if role.isString("tool") {
            self.init(.other, tokens: tokens, answers: message["tool_call_id"]?.string)
        } else if role.isString("function") {
            self.init(.other, tokens: tokens, answers: message["name"]?.string.map(Self.legacyID))
        } else {
            self.init(.other, tokens: tokens, calls: Self.calls(message))
        }
    }

    private static func calls(_ message: JSONValue) -> [String] {
        var calls: [String] = []
        var legacy: String?
        message.forEachMember(among: ["tool_calls", "function_call"]) { name, value in
            switch name {
            case 0: calls = value.elements.compactMap { $0["id"]?.string }
            case 1: legacy = value["name"]?.string
            default: break
            }
        }
        if let legacy { calls.append(legacyID(legacy)) }
        return calls
    }

    /// Calls of the older kind have no id; a result names its function.
    private static func legacyID(_ function: String) -> String { "function_call " + function }
}
