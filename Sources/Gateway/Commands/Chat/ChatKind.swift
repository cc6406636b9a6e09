import ArgumentParser
import Upstreams

/// The dialects that `sluice chat` speaks.
enum ChatKind: String, CaseIterable, ExpressibleByArgument {
    case openai, question, code, agent, ask

    var path: String {
        switch self {
        case .openai: "/v1/chat/completions"
        case .question: "/chat"
        case .code: "/generate-code/"
        case .agent: "/chat/stream"
        case .ask: "/v1/ask"
        }
    }

    /// Nil: plain text.
    var form: (any ChatForm)? {
        switch self {
        case .openai: CompletionForm(needsDone: true)
        case .question: QuestionForm()
        case .code: nil
        case .agent: AgentForm()
        case .ask: CompletionForm(needsDone: false)
        }
    }

    /// The member of the body that holds the prompt, in the dialects in which it is a member of its own.
    private var promptMember: StaticString {
        switch self {
        case .openai: "messages"
        case .question, .ask: "question"
        case .code: "prompt"
        case .agent: "message"
        }
    }

    func body(_ prompt: ChatPrompt) -> ByteBuffer {
        var body = ByteBuffer()
        body.appendJSON { writer in
            writer.object { object in
                if self == .openai {
                    object.array(promptMember) { messages in prompt.write(to: &messages) }
                } else {
                    object.member(promptMember, prompt.text)
                }
                writeRest(prompt, to: &object)
            }
        }
        return body
    }

    /// A body that a gateway has to refuse: a number stands for the prompt.
    func invalidBody(_ prompt: ChatPrompt) -> ByteBuffer {
        var body = ByteBuffer()
        body.appendJSON { writer in
            writer.object { object in
                object.member(promptMember, 7)
                writeRest(prompt, to: &object)
            }
        }
        return body
    }

    private func writeRest(_ prompt: ChatPrompt, to object: inout JSONWriter) {
        switch self {
        case .openai:
            object.member("model", prompt.model)
            object.member("stream", true)
        case .agent:
            object.member("conversation_id", prompt.conversation)
            if let system = prompt.system { object.member("instructions", system) }
        case .ask:
            object.member("client_id", "sluice-chat")
            object.member("user_id", "sluice-chat")
            object.member("stream", true)
        case .question, .code:
            break
        }
    }
}
