package import Policies
package import Upstreams

/// Looks through all text of a request: what is forbidden refuses it, what is to be hidden is replaced.
///
/// Text is each message's `content`, whoever speaks, as a string or in parts; the arguments of tool calls are none. Of
/// other requests than chats it is the `input`, a text or several, whole, in parts or in items, the `instructions` of a
/// response, and the `prompt` of an image. Policies act in their order, each on what the one before left. Every other
/// byte of the request stays as it is. A member that an object has more than once is looked at in each of its places.
package struct RequestGuard: ~Copyable {
    /// What is to become of the request.
    package enum Outcome: ~Copyable {
        case unchanged
        /// The new text of the whole request.
        case rewritten(ByteBuffer)
        case refused(Refusal)
    }

    private let guards: GuardSet
    private var policies: [GuardPolicy] { guards.ofRequests }
    private var edits = TextEdits()
    /// One for each policy; empty until something may be found.
    private var found: [GuardFinding] = []

    /// The policies that are for this request. Those that do not look at requests are passed over.
    package init(_ guards: GuardSet) { self.guards = guards }

    /// What was found, for logs and metrics.
    package var findings: [GuardFinding] { found.filter { !$0.isEmpty } }

    /// `request`: the whole body. To be called once.
    package mutating func apply(to request: JSONValue) -> Outcome {
        var search = JSONTextSearch(request.document)
        guard guards.mayFind(in: request, &search) else { return .unchanged }
        found = policies.map { GuardFinding($0) }
        do throws(Refusal) {
            for member in request.members where guards.mayFind(in: member.value, &search) {
                if member.hasKey("messages") {
                    try look(atMessages: member.value, &search)
                } else if member.hasKey("input") {
                    try look(atInput: member.value)
                } else if member.hasKey("prompt") {
                    try look(at: member.value, .field("prompt"))
                } else if member.hasKey("instructions") {
                    try look(at: member.value, .field("instructions"))
                }
            }
        } catch {
            return .refused(error)
        }
        guard !edits.isEmpty else { return .unchanged }
        var output = ByteBuffer()
        edits.write(request.document, to: &output)
        return .rewritten(output)
    }

    private mutating func look(
        atMessages messages: JSONValue, _ search: inout JSONTextSearch
    ) throws(Refusal) {
        var index = 0
        for message in messages.elements {
            defer { index += 1 }
            guard guards.mayFind(in: message, &search) else { continue }
            for member in message.members where member.hasKey("content") {
                try look(at: member.value, .message(index))
                var part = 0
                for element in member.value.elements {
                    for member in element.members where member.hasKey("text") {
                        try look(at: member.value, .part(part, ofMessage: index))
                    }
                    part += 1
                }
            }
        }
    }

    private mutating func look(atInput input: JSONValue) throws(Refusal) {
        try look(at: input, .field("input"))
        var index = 0
        for element in input.elements {
            try look(at: element, .element(index, of: "input"))
            for member in element.members {
                if member.hasKey("text") {
                    try look(at: member.value, .member("text", ofElement: index))
                } else if member.hasKey("content") {
                    try look(atContent: member.value, "content", of: index)
                } else if member.hasKey("output") {
                    try look(atContent: member.value, "output", of: index)
                }
            }
            index += 1
        }
    }

    /// What an item of a response's input holds: a text, or parts.
    private mutating func look(
        atContent content: JSONValue, _ name: StaticString, of item: Int
    ) throws(Refusal) {
        try look(at: content, .member(name, ofElement: item))
        for part in content.elements {
            for member in part.members where member.hasKey("text") {
                try look(at: member.value, .member(name, ofElement: item))
            }
        }
    }

    /// Where a text stands; put into words only if there is something to say of it.
    private enum Place {
        case message(Int)
        case part(Int, ofMessage: Int)
        case field(StaticString)
        case element(Int, of: StaticString)
        case member(StaticString, ofElement: Int)

        var param: String {
            switch self {
            case .message(let message): "messages[\(message)].content"
            case .part(let part, let message): "messages[\(message)].content[\(part)].text"
            case .field(let name): name.description
            case .element(let index, let name): "\(name)[\(index)]"
            case .member(let name, let index): "input[\(index)].\(name)"
            }
        }
    }

    /// Looks at one value, if it is a string.
    private mutating func look(at value: JSONValue, _ place: Place) throws(Refusal) {
        let mayFind = value.withUTF8 { text in policies.contains { $0.rules.mayFind(in: text) } }
        guard mayFind == true, let original = value.withUTF8({ $0.copy() }) else { return }
        var text = original
        for index in policies.indices {
            do throws(GuardStop) {
                let result = try unsafe policies[index].rules.apply(to: text.span.bytes)
                found[index].redactions += result.redactions
                if !policies[index].isShadow { text = result.text }
            } catch {
                let refusal = policies[index].refusal(error, param: place.param)
                found[index].refusal = refusal
                found[index].pattern = policies[index].rules.pattern(of: error)
                if !policies[index].isShadow { throw refusal }
            }
        }
        if text != original { edits.replace(value.range, withText: text) }
    }
}
