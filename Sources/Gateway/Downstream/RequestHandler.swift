import Upstreams

/// Who answers one request, as its connection sees it. Everything is called on the loop's thread.
protocol RequestHandler: AnyObject {
    /// Bytes of body that may come; nil: the request is refused on its head alone, and `run` will say why.
    var maxBodyBytes: Int? { get }
    /// The request is complete.
    func run(body: consuming ByteBuffer)
    /// Whether the body is handed over as it comes, by `beginBody`, `receive` and `endBody`, and not whole by `run`.
    var streamsBody: Bool { get }
    /// The head is complete, and a body that is handed over as it comes follows.
    func beginBody()
    /// The next bytes of such a body.
    func receive(_ bytes: RawSpan)
    /// Such a body is complete.
    func endBody()
    /// Whether more of such a body is taken now; once it is again, `Connection.resumeBody` has to be called.
    var takesBody: Bool { get }
    /// The request cannot be completed: its body is too large, too slow or not well framed.
    func refuse(_ error: APIError)
    /// Nothing was written for `bounds.keep_alive_comment_ms`.
    func keepAlive()
    /// The client takes bytes again, after `ResponseWriter.isFull`.
    func clientIsReady()
    /// The client has gone; nothing can be written any more.
    func clientLeft()
}

extension RequestHandler {
    var streamsBody: Bool { false }
    func beginBody() { preconditionFailure("its bodies come whole") }
    func receive(_ bytes: RawSpan) { preconditionFailure("its bodies come whole") }
    func endBody() { preconditionFailure("its bodies come whole") }
    var takesBody: Bool { false }
}
