import Upstreams

@testable import Gateway

/// One answer of a gateway, fed to a reader in pieces of some bytes.
struct ChatFixture {
    let display = RecordingDisplay()
    let answer: ChatAnswer
    let ending: ChatEnding

    /// - Parameters:
    ///   - events: the data of each event; the body is `body` where that is given.
    ///   - types: the events' types, in their order.
    ///   - framing: the field of the head that tells how the body ends.
    ///   - piece: bytes that come at a time.
    ///   - failure: how the connection ends; nil: in good order.
    init(
        _ form: (any ChatForm)?, _ events: [String] = [], types: [String] = [], body: String? = nil, status: Int = 200,
        contentType: String? = nil, framing: String = "transfer-encoding: chunked", piece: Int = 7,
        failure: TransportFailure? = nil
    ) {
        let answer = ChatAnswer(form, display: display)
        self.answer = answer
        let type = contentType ?? (form == nil ? "text/plain; charset=utf-8" : "text/event-stream; charset=utf-8")
        let frames = events.enumerated().map { index, data in
            (types.isEmpty ? "" : "id: \(index)\nevent: \(types[index])\n") + "data: \(data)\n\n"
        }
        var bytes = Array((body ?? frames.joined()).utf8)[...]
        let head = "content-type: \(type)\r\n\(framing)\r\n"
        var ending = answer.head(AnswerHead(status: status, lines: Array(head.utf8)))
        while ending == nil, !bytes.isEmpty {
            let next = Array(bytes.prefix(piece))
            ending = unsafe answer.bytes(next.span.bytes)
            bytes = bytes.dropFirst(piece)
        }
        if ending == nil {
            ending = failure.map { ChatFailure.ending($0, at: "http://there", began: answer.hasBegun) }
        }
        self.ending = ending ?? answer.end()
    }
}
