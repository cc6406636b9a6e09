/// One message in Amazon's framing.
struct AmazonEvent: ~Copyable {
    let name: AmazonEventName
    let payload: ByteBuffer
}
