/// An ending that comes before the question is asked.
struct ChatStop: Error {
    let ending: ChatEnding
}
