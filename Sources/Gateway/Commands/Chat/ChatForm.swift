import Upstreams

/// How the events of one dialect's answer are read: what they show, and which one is the mark of success.
///
/// An event with an `error` object is not handed to it: that is the same for all dialects that have one.
protocol ChatForm {
    /// Takes one event. `root`: its data; nil for `[DONE]`, which is no JSON. Gives the ending if the event is one.
    mutating func event(_ root: JSONValue?, type: String, _ show: (ChatPiece) -> Void) -> ChatEnding?
    /// The body has come to its proper end, and no event was an ending.
    func end() -> ChatEnding
}

extension ChatForm {
    func end() -> ChatEnding { .cut("the stream ended without its mark of success") }
}
