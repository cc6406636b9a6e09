/// Who takes an answer that is relayed as it is. Everything is called on the loop's thread.
package protocol RelaySink: AnyObject {
    /// The provider has accepted the request (status 2xx).
    func begin(_ head: AnswerHead)
    /// The next bytes of the body, valid during the call only.
    func receive(_ bytes: RawSpan)
    /// Comes once and last; nil: the answer came whole.
    func end(_ error: UpstreamError?)
    /// Whether enough waits to be read; the call then pauses until `RelayCall.resume()`.
    var isFull: Bool { get }
}
