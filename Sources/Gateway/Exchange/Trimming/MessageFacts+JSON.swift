import Policies
import Upstreams

extension MessageFacts {
    /// A message of a chat request whose tokens were counted.
    init(_ message: JSONValue, tokens: Int) {
        let role = message["role"]
        if role?.isString("user") == true {
            self.init(.user, tokens: tokens)
        } else if role?.isString("system") == true || role?.isString("developer") == true {
            self.init(.instructions, tokens: tokens)
        } else if role?.isString("tool") == true {
            self.init(.other, tokens: tokens, answers: message["tool_call_id"]?.string)
        } else if role?.isString("function") == true {
            self.init(.other, tokens: tokens, answers: message["name"]?.string.map(Self.legacyID))
        } else {
            self.init(.other, tokens: tokens, calls: Self.calls(message))
        }
    }

    private static func calls(_ message: JSONValue) -> [String] {
        var calls = message["tool_calls"]?.elements.compactMap { $0["id"]?.string } ?? []
        if let name = message["function_call"]?["name"]?.string { calls.append(legacyID(name)) }
        return calls
    }

    /// Calls of the older kind have no id; a result names its function.
    private static func legacyID(_ function: String) -> String { "function_call " + function }
}
