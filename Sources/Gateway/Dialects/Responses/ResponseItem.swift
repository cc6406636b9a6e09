import Upstreams

/// A kind of item in the output of a response.
enum ResponseItem: Equatable {
    case message, reasoning
    /// `index`: of the call in the canonical form.
    case call(index: Int, id: String, name: String)

    /// What its ids begin with.
    var prefix: StaticString {
        switch self {
        case .message: "msg"
        case .reasoning: "rs"
        case .call: "fc"
        }
    }

    /// The members of the item. `writeContent` writes the parts of an array, or the arguments of a call as a JSON string.
    func write(
        id: String, status: StaticString, to writer: inout JSONWriter, _ writeContent: (inout JSONWriter) -> Void
    ) {
        writer.member("id", id)
        switch self {
        case .message:
            writer.member("type", "message")
            writer.member("status", status)
            writer.member("role", "assistant")
            writer.array("content", writeContent)
        case .reasoning:
            writer.member("type", "reasoning")
            writer.member("status", status)
            writer.array("summary") { _ in }
            writer.array("content", writeContent)
        case .call(_, let callID, let name):
            writer.member("type", "function_call")
            writer.member("status", status)
            writer.member("call_id", callID)
            writer.member("name", name)
            writer.key("arguments")
            writeContent(&writer)
        }
    }

    /// `call`: a call or the first piece of one; `number`: from 1, for providers that give calls no ids.
    init(call: JSONValue, index: Int, number: Int) {
        let id = call["id"]?.string ?? ""
        self = .call(
            index: index, id: id.isEmpty ? "call_\(number)" : id, name: call["function"]?["name"]?.string ?? "")
    }
}
