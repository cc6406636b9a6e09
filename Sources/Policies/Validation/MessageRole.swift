/// Who speaks in a message of a chat, in the order of `MessageShapes.message`.
enum MessageRole: Int {
    case system, developer, user, assistant, tool, function
}
