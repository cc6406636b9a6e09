/// A frame as a client sends it, or as one that breaks the rules would.
struct ClientFrame {
    /// Fin, reserved bits and opcode.
    var first: UInt8
    var payload: [UInt8]
    var mask: [UInt8]? = [0x37, 0xFA, 0x21, 0x3D]
    /// Bytes that tell the length beyond the second; nil: as few as it needs.
    var lengthBytes: Int?

    init(_ first: UInt8, _ payload: [UInt8] = []) {
        self.first = first
        self.payload = payload
    }

    init(_ first: UInt8, _ payload: String) { self.init(first, Array(payload.utf8)) }

    static func text(_ payload: String) -> [UInt8] { ClientFrame(0x81, payload).bytes }
    static func text(_ payload: [UInt8]) -> [UInt8] { ClientFrame(0x81, payload).bytes }
    static func binary(_ payload: [UInt8]) -> [UInt8] { ClientFrame(0x82, payload).bytes }
    static func ping(_ payload: String = "") -> [UInt8] { ClientFrame(0x89, payload).bytes }
    static func pong(_ payload: String = "") -> [UInt8] { ClientFrame(0x8A, payload).bytes }

    static func close(_ code: UInt16? = nil, _ reason: String = "") -> [UInt8] {
        close(code, Array(reason.utf8))
    }

    static func close(_ code: UInt16?, _ reason: [UInt8]) -> [UInt8] {
        ClientFrame(0x88, code.map { [UInt8($0 >> 8), UInt8($0 & 0xFF)] + reason } ?? []).bytes
    }

    /// A message in fragments: the first frame's opcode, then continuations, the last one final.
    static func fragments(_ opcode: UInt8, _ parts: [[UInt8]]) -> [UInt8] {
        parts.indices.flatMap { index -> [UInt8] in
            let isLast = index == parts.count - 1
            return ClientFrame((isLast ? 0x80 : 0) | (index == 0 ? opcode : 0), parts[index]).bytes
        }
    }

    static func fragments(_ parts: String...) -> [UInt8] { fragments(1, parts.map { Array($0.utf8) }) }

    var bytes: [UInt8] {
        let count = payload.count
        let extra = lengthBytes ?? (count > 65_535 ? 8 : count > 125 ? 2 : 0)
        let short = extra == 0 ? UInt8(count) : extra == 2 ? 126 : 127
        var bytes = [first, short | (mask == nil ? 0 : 0x80)]
        for shift in stride(from: 8 * (extra - 1), through: 0, by: -8) { bytes.append(UInt8(count >> shift & 0xFF)) }
        guard let mask else { return bytes + payload }
        return bytes + mask + payload.indices.map { payload[$0] ^ mask[$0 & 3] }
    }
}
