/// Why a call of a tool cannot be made, in words for the model.
struct ToolFault: Error, Equatable {
    let message: String
}
