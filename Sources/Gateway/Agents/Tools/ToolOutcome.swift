/// What a call of a tool came to, in words for the model.
enum ToolOutcome: Equatable {
    case result(String)
    case failure(String)
}
