/// The body of a relayed request: all of it, or what brings it.
package struct RelayBody: ~Copyable {
    package var whole: ByteBuffer
    /// Brings the body as it comes; nil: `whole` is all of it. Such a request is sent once, on a connection of its own.
    package let pipe: BodyPipe?

    package init(_ whole: consuming ByteBuffer) {
        self.whole = whole
        pipe = nil
    }

    package init(_ pipe: BodyPipe) {
        whole = ByteBuffer()
        self.pipe = pipe
    }
}
