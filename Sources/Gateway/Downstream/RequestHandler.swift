import Upstreams

/// Who answers one request, as its connection sees it. Everything is called on the loop's thread.
protocol RequestHandler: AnyObject {
    /// Bytes of body that may come; nil: the request is refused on its head alone, and `run` will say why.
    var maxBodyBytes: Int? { get }
    /// The request is complete.
    func run(body: consuming ByteBuffer)
    /// The request cannot be completed: its body is too large, too slow or not well framed.
    func refuse(_ error: APIError)
    /// Nothing was written for `bounds.keep_alive_comment_ms`.
    func keepAlive()
    /// The client takes bytes again, after `ResponseWriter.isFull`.
    func clientIsReady()
    /// The client has gone; nothing can be written any more.
    func clientLeft()
}
