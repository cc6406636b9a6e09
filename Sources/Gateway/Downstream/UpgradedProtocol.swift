import Upstreams

/// Who speaks on a connection after `101 Switching Protocols`, as the connection sees it. Everything is called on the
/// loop's thread.
protocol UpgradedProtocol: AnyObject {
    /// Milliseconds without a byte either way after which `didIdle` is called.
    var idleTimeoutMs: Int { get }
    /// Bytes have come; removes those that it took. Not called while the connection is full.
    func didReceive(_ input: inout ByteBuffer)
    func didIdle()
    /// The client takes bytes again, after `Connection.isOutputFull`.
    func clientIsReady()
    /// The connection is gone without a word; nothing can be written any more.
    func clientLeft()
    /// The process ends: comes to an end soon.
    func drain()
}
