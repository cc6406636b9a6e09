import Upstreams

/// The statuses of the question dialect. The mark of success is `completed`, whose text is the whole answer: it has to
/// go on where the pieces left off.
struct QuestionForm: ChatForm {
    private var said = ""

    mutating func event(_ root: JSONValue?, type: String, _ show: (ChatPiece) -> Void) -> ChatEnding? {
        guard let root else { return nil }
        let chunk = root["chunk"]?.string ?? ""
        switch root["status"]?.string {
        case "processing":
            show(.note("processing"))
        case "streaming":
            said += chunk
            show(.text(chunk))
        case "completed":
            guard chunk.utf8.starts(with: said.utf8) else {
                return .cut("its pieces are not what was told as the whole answer")
            }
            let rest = String(decoding: chunk.utf8.dropFirst(said.utf8.count), as: UTF8.self)
            if !rest.isEmpty { show(.text(rest)) }
            return .whole
        case "error":
            return .failed(root["message"]?.string ?? "The gateway told an error without a message.")
        default:
            break
        }
        return nil
    }
}
