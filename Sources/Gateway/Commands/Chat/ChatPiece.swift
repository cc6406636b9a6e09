/// What an answer gives to show.
enum ChatPiece: Hashable {
    /// Some of the answer itself.
    case text(String)
    /// One line about what happens: a tool call, progress.
    case note(String)
}
