import Upstreams

@testable import Gateway

extension ByteBuffer {
    /// All that is in it, as text.
    var text: String { String(decoding: copy(), as: UTF8.self) }

    /// What `write` writes into a new buffer, as text.
    static func text(_ write: (inout ByteBuffer) -> Void) -> String {
        var buffer = ByteBuffer()
        write(&buffer)
        return buffer.text
    }
}
