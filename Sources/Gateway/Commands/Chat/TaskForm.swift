import Upstreams

/// The events of a task. The mark of success is `completed`, whose data is the result; what `text` events have told of
/// it is not shown again.
struct TaskForm: ChatForm {
    private var hasText = false

    mutating func event(_ root: JSONValue?, type: String, _ show: (ChatPiece) -> Void) -> ChatEnding? {
        guard let root else { return nil }
        switch type {
        case "text":
            guard let text = root["text"]?.string, !text.isEmpty else { break }
            hasText = true
            show(.text(text))
        case "stage":
            let rounds = root["max_iterations"]?.int.map { " of \($0)" } ?? ""
            let round = root["iteration"]?.int.map { ", iteration \($0)\(rounds)" } ?? ""
            show(.note((root["stage"]?.string ?? "?") + round))
        case "code":
            show(.note("version \(root["iteration"]?.int ?? 0) is written"))
        case "review":
            let reason = root["reason"]?.string ?? ""
            show(.note("\(root["reviewer"]?.string ?? "?"): \(root["decision"]?.string ?? "?") \(reason)"))
        case "decision":
            show(.note(root["approved"]?.bool == true ? "approved" : "not approved"))
        case "completed":
            complete(root, show)
            return .whole
        case "error":
            return .failed("The task failed without saying why.")
        default:
            break
        }
        return nil
    }

    /// A panel's final code, or an ordinary completion's content.
    private func complete(_ result: JSONValue, _ show: (ChatPiece) -> Void) {
        if let code = result["final_code"]?.string {
            show(.text(code))
            if result["approved"]?.bool == false { show(.note("The panel did not approve this version.")) }
        } else if !hasText, let choices = result["choices"] {
            for choice in choices.elements.prefix(1) {
                if let text = choice["message"]?["content"]?.string { show(.text(text)) }
            }
        }
    }
}
