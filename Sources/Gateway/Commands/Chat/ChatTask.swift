import Glibc
import Upstreams

/// A completion that is submitted as a task and followed to its end, over as many connections as it takes.
struct ChatTask {
    let client: ChatClient
    let screen: ChatScreen

    /// Connections in a row that may end without an event.
    private static let patience = 10

    /// - Parameter opens: whether the task's page is opened in the browser.
    func run(_ prompt: ChatPrompt, opens: Bool) -> ChatEnding {
        let submitted = ChatBody(expected: 202)
        let ending = client.post(
            ChatKind.openai.path, Self.body(prompt), fields: [HTTPField("prefer", "respond-async")], to: submitted)
        guard ending == .whole else { return ending }
        guard let root = submitted.document?.root, let id = root["id"]?.string, TaskID.isOne(id) else {
            return .failed("The gateway took a task and told no id of it.")
        }
        if let page = root["page_url"]?.string {
            screen.tell("Task \(id): \(page)", colour: "2")
            if opens, !ChatBrowser.open(page) { screen.tell("The page could not be opened.", colour: "31") }
        }
        return follow(id)
    }

    private static func body(_ prompt: ChatPrompt) -> ByteBuffer {
        var body = ByteBuffer()
        body.appendJSON { writer in
            writer.object { object in
                object.member("model", prompt.model)
                object.array("messages") { messages in prompt.write(to: &messages) }
            }
        }
        return body
    }

    private func follow(_ id: String) -> ChatEnding {
        var form: any ChatForm = TaskForm()
        var last = ""
        var failures = 0
        while true {
            let answer = ChatAnswer(form, display: screen)
            var fields = [HTTPField("accept", "text/event-stream")]
            if !last.isEmpty { fields.append(HTTPField("last-event-id", last)) }
            let ending = client.get("/v1/results/" + id, fields: fields, to: answer)
            guard isLoss(ending, answer) else { return ending }
            failures = answer.lastEventID.isEmpty ? failures + 1 : 0
            if failures == Self.patience { return ending }
            if !answer.lastEventID.isEmpty { last = answer.lastEventID }
            form = answer.form ?? form
            screen.tell("The connection was lost; the task goes on.", colour: "2")
            sleep(1)
        }
    }

    /// The connection ended, or there was none; whoever answers in another way means it.
    private func isLoss(_ ending: ChatEnding, _ answer: ChatAnswer) -> Bool {
        switch ending {
        case .cut: true
        case .failed: !answer.hasAnswered
        case .whole, .timeout, .interrupted: false
        }
    }
}
