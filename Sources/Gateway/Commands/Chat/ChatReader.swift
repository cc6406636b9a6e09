import Upstreams

/// What takes one HTTP answer as it comes. An ending that it gives is final: nothing is handed to it afterwards.
protocol ChatReader: AnyObject {
    func head(_ head: AnswerHead) -> ChatEnding?
    func bytes(_ bytes: RawSpan) -> ChatEnding?
    /// The body has come to its proper end.
    func end() -> ChatEnding
    /// An answer with the status of success has begun.
    var hasBegun: Bool { get }
}
