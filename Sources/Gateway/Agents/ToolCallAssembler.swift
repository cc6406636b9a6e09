import Upstreams

/// The tool calls of one answer, put together from the deltas of its stream.
///
/// A call is complete as soon as its arguments are a whole JSON object, without waiting for what follows.
struct ToolCallAssembler {
    private struct Call {
        var id: String
        var name: String
        var arguments = ""
        var end = ObjectEnd()
        var isHandedOut = false
    }

    private var calls: [Int: Call] = [:]
    private var order: [Int] = []
    /// Of all arguments so far.
    private(set) var byteCount = 0

    /// Most calls of one answer; further ones are passed over.
    private static let maxCalls = 64

    /// Takes the `tool_calls` of one delta; gives those calls that it completes, in order.
    mutating func take(_ deltas: JSONValue) -> [AgentToolCall] {
        var complete: [AgentToolCall] = []
        var position = 0
        for delta in deltas.elements {
            let index = delta["index"]?.int ?? position
            position += 1
            let function = delta["function"]
            if calls[index] == nil {
                guard calls.count < Self.maxCalls else { continue }
                order.append(index)
                calls[index] = Call(id: "", name: "")
            }
            if let id = delta["id"]?.string, !id.isEmpty { calls[index]?.id = id }
            if let name = function?["name"]?.string, !name.isEmpty { calls[index]?.name = name }
            guard let text = function?["arguments"]?.string else { continue }
            calls[index]?.arguments += text
            byteCount += text.utf8.count
            if calls[index]?.end.take(text) == true, let call = handOut(index) { complete.append(call) }
        }
        return complete
    }

    /// The answer is over: gives the calls that are not complete by themselves, such as those without arguments.
    mutating func finish() -> [AgentToolCall] { order.compactMap { handOut($0) } }

    private mutating func handOut(_ index: Int) -> AgentToolCall? {
        guard var call = calls[index], !call.isHandedOut else { return nil }
        call.isHandedOut = true
        calls[index] = call
        return AgentToolCall(
            id: call.id.isEmpty ? "call_\(index)" : call.id, name: call.name,
            arguments: call.arguments.isEmpty ? "{}" : call.arguments)
    }

    /// Finds the end of a JSON object in text that comes in pieces.
    private struct ObjectEnd {
        private var depth = 0
        private var isInText = false
        private var isEscaped = false

        /// True: the object ended within this piece.
        mutating func take(_ piece: String) -> Bool {
            var hasEnded = false
            for byte in piece.utf8 {
                if isInText {
                    if isEscaped {
                        isEscaped = false
                    } else if byte == UInt8(ascii: "\\") {
                        isEscaped = true
                    } else if byte == UInt8(ascii: "\"") {
                        isInText = false
                    }
                    continue
                }
                switch byte {
                case UInt8(ascii: "\""): isInText = true
                case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
                case UInt8(ascii: "}"), UInt8(ascii: "]"):
                    depth -= 1
                    hasEnded = hasEnded || depth == 0
                default: break
                }
            }
            return hasEnded
        }
    }
}
