/// Reads one answer from a connection's input: its head, then the bytes of its body.
///
/// A pure state machine over `ResponseParser` and `BodyDecoder`: copies nothing but the head, keeps no bytes. After an
/// error the connection closes. States: head → body → ended.
package struct ResponseDecoder {
    /// What was found. The caller goes on at `next`; what is before it is done with.
    package enum Step {
        case head(AnswerHead, next: Int)
        /// A part of the body: this range of the input, never empty.
        case bytes(Range<Int>, next: Int)
        /// Come back with the bytes from `next` on, if there are any, and more behind them.
        case needMore(next: Int)
        /// The answer is complete.
        case end(next: Int)
    }

    private var parser = ResponseParser()
    /// Nil: the head has not come.
    private var body: BodyDecoder?
    private var isOpenEnded = false

    package init() {}

    /// Looks at `bytes` from `start` on, up to the next thing to tell.
    package mutating func decode(_ bytes: RawSpan, from start: Int) throws(HTTPParseError) -> Step {
        if body == nil {
            switch try parser.parse(bytes, from: start) {
            case .needMore(let next):
                return .needMore(next: next)
            case .head(let head, let framing, let next):
                body = BodyDecoder(framing)
                isOpenEnded = framing == .untilClose
                return .head(head, next: next)
            }
        }
        switch try body?.decode(bytes, from: start) {
        case .bytes(let part, let next): return .bytes(part, next: next)
        case .end(let next): return .end(next: next)
        case .needMore(let next): return .needMore(next: next)
        case nil: preconditionFailure("a body before its head")
        }
    }

    /// Whether the end of the connection, at this point, is the proper end of the answer.
    package var endsWithConnection: Bool { isOpenEnded }

    /// Whether the provider lets the connection carry another call; valid after the head.
    package var keepsConnection: Bool { !isOpenEnded && parser.keepsConnection }
}
