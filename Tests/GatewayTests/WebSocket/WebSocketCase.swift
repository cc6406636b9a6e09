/// One case of a client's behaviour: the bytes that it sends, and what must become of them.
struct WebSocketCase: CustomStringConvertible, Sendable {
    let description: String
    let bytes: [UInt8]
    let expected: [String]

    init(_ description: String, _ bytes: [UInt8], _ expected: String...) {
        self.description = description
        self.bytes = bytes
        self.expected = expected
    }

    /// A client that breaks the rules with its first bytes.
    static func refused(_ description: String, _ code: Int, _ bytes: [UInt8]) -> WebSocketCase {
        WebSocketCase(description, bytes, "→close:\(code)", "end:\(code)")
    }

    private static func letters(_ count: Int) -> [UInt8] { [UInt8](repeating: UInt8(ascii: "*"), count: count) }

    // MARK: Framing

    static let framing: [WebSocketCase] = [
        WebSocketCase("an empty text", ClientFrame.text(""), "text:"),
        WebSocketCase("a short text", ClientFrame.text("hello"), "text:hello"),
        WebSocketCase("a text of 125 bytes", ClientFrame.text(letters(125)), "text:********…125"),
        WebSocketCase("a text of 126 bytes", ClientFrame.text(letters(126)), "text:********…126"),
        WebSocketCase("a text of 127 bytes", ClientFrame.text(letters(127)), "text:********…127"),
        WebSocketCase("a text of 128 bytes", ClientFrame.text(letters(128)), "text:********…128"),
        WebSocketCase("a text of 65,535 bytes", ClientFrame.text(letters(65_535)), "text:********…65535"),
        WebSocketCase("a text of 65,536 bytes", ClientFrame.text(letters(65_536)), "text:********…65536"),
        WebSocketCase("an empty binary message", ClientFrame.binary([]), "binary:0"),
        WebSocketCase(
            "a binary message of 126 bytes that are no text", ClientFrame.binary(.init(repeating: 0xFE, count: 126)),
            "binary:126"),
        WebSocketCase("a binary message of 65,536 bytes", ClientFrame.binary(letters(65_536)), "binary:65536"),
        WebSocketCase("two messages in one go", ClientFrame.text("a") + ClientFrame.text("b"), "text:a", "text:b"),
        WebSocketCase(
            "a mask of zeros",
            {
                var frame = ClientFrame(0x81, "plain")
                frame.mask = [0, 0, 0, 0]
                return frame.bytes
            }(), "text:plain"),
        .refused(
            "a frame without mask", 1002,
            {
                var frame = ClientFrame(0x81, "x")
                frame.mask = nil
                return frame.bytes
            }()),
        .refused(
            "a length in 2 bytes that needs none", 1002,
            {
                var frame = ClientFrame(0x81, letters(125))
                frame.lengthBytes = 2
                return frame.bytes
            }()),
        .refused(
            "a length in 8 bytes that needs 2", 1002,
            {
                var frame = ClientFrame(0x81, letters(65_535))
                frame.lengthBytes = 8
                return frame.bytes
            }()),
        .refused("a length with its highest bit set", 1002, [0x81, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0]),
        .refused("a length of 2^62", 1009, [0x81, 0xFF, 0x40, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
    ]

    // MARK: Pings

    static let pings: [WebSocketCase] = [
        WebSocketCase("an empty ping", ClientFrame.ping(), "→pong:"),
        WebSocketCase("a ping with a text", ClientFrame.ping("Hello"), "→pong:Hello"),
        WebSocketCase(
            "a ping with bytes that are no text", ClientFrame(0x89, [0x00, 0xFF, 0xFE]).bytes,
            "→pong:\0\u{FFFD}\u{FFFD}"),
        WebSocketCase(
            "a ping of 125 bytes", ClientFrame(0x89, letters(125)).bytes,
            "→pong:" + String(repeating: "*", count: 125)),
        .refused("a ping of 126 bytes", 1002, ClientFrame(0x89, letters(126)).bytes),
        WebSocketCase("a pong that nobody asked for", ClientFrame.pong("x") + ClientFrame.text("a"), "text:a"),
        WebSocketCase(
            "a pong, then a ping", ClientFrame.pong("x") + ClientFrame.ping("y"), "→pong:y"),
        WebSocketCase(
            "ten pings", (0..<10).flatMap { ClientFrame.ping("\($0)") }, "→pong:0", "→pong:1", "→pong:2", "→pong:3",
            "→pong:4", "→pong:5", "→pong:6", "→pong:7", "→pong:8", "→pong:9"),
    ]

    // MARK: Reserved bits and opcodes

    static let reserved: [WebSocketCase] =
        ([0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70] as [UInt8]).map { bits in
            .refused("reserved bits \(String(bits, radix: 16))", 1002, ClientFrame(0x81 | bits, "x").bytes)
        }
        + ([3, 4, 5, 6, 7, 11, 12, 13, 14, 15] as [UInt8]).map { opcode in
            .refused("opcode \(opcode)", 1002, ClientFrame(0x80 | opcode, "x").bytes)
        } + [
            .refused("a reserved bit on a ping", 1002, ClientFrame(0xC9).bytes),
            WebSocketCase(
                "a reserved opcode after a text", ClientFrame.text("a") + ClientFrame(0x83).bytes, "text:a",
                "→close:1002", "end:1002"),
        ]

    // MARK: Fragments

    static let fragments: [WebSocketCase] = [
        WebSocketCase("two fragments", ClientFrame.fragments("frag", "ment"), "text:fragment"),
        WebSocketCase("empty fragments", ClientFrame.fragments("", "", ""), "text:"),
        WebSocketCase("an empty fragment in between", ClientFrame.fragments("a", "", "b"), "text:ab"),
        WebSocketCase("binary fragments", ClientFrame.fragments(2, [[1], [2, 3]]), "binary:3"),
        .refused("a ping in fragments", 1002, ClientFrame(0x09, "x").bytes),
        .refused("a pong in fragments", 1002, ClientFrame(0x0A, "x").bytes),
        .refused("a close in fragments", 1002, ClientFrame(0x08).bytes),
        WebSocketCase(
            "a ping between fragments",
            ClientFrame(0x01, "a").bytes + ClientFrame.ping("p") + ClientFrame(0x80, "b").bytes, "→pong:p", "text:ab"),
        WebSocketCase(
            "pings between many fragments",
            ClientFrame(0x01, "a").bytes + ClientFrame.ping("1") + ClientFrame(0x00, "b").bytes + ClientFrame.pong()
                + ClientFrame(0x00, "c").bytes + ClientFrame.ping("2") + ClientFrame(0x80, "d").bytes,
            "→pong:1", "→pong:2", "text:abcd"),
        .refused("a continuation of nothing, not final", 1002, ClientFrame(0x00, "x").bytes),
        .refused("a continuation of nothing, final", 1002, ClientFrame(0x80, "x").bytes),
        WebSocketCase(
            "a continuation after a whole message", ClientFrame.text("a") + ClientFrame(0x80, "b").bytes, "text:a",
            "→close:1002", "end:1002"),
        .refused("a text within a text", 1002, ClientFrame(0x01, "a").bytes + ClientFrame.text("b")),
        .refused("a binary message within a text", 1002, ClientFrame(0x01, "a").bytes + ClientFrame.binary([1])),
        WebSocketCase(
            "a close between fragments", ClientFrame(0x01, "a").bytes + ClientFrame.close(1000), "→close:1000",
            "end:1000"),
        WebSocketCase(
            "two messages in fragments", ClientFrame.fragments("a", "b") + ClientFrame.fragments("c", "d"), "text:ab",
            "text:cd"),
    ]

    // MARK: UTF-8

    static let texts: [WebSocketCase] =
        [
            "κόσμε", "\u{0}", "\u{7F}", "\u{80}", "\u{7FF}", "\u{800}", "\u{FFFF}", "\u{10000}", "\u{10FFFF}",
            "\u{D7FF}", "\u{E000}", "\u{FFFD}", "\u{FEFF}x",
        ]
        .map {
            WebSocketCase(
                "the text \($0.unicodeScalars.map { String($0.value, radix: 16) })", ClientFrame.text($0), "text:\($0)")
        }
        + ([
            [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x80, 0x80], [0xE0, 0x9F, 0xBF],
            [0xF0, 0x80, 0x80, 0x80],
            [0xF0, 0x8F, 0xBF, 0xBF], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80], [0xF5], [0xFE],
            [0xFF], [0xC2], [0xE2, 0x82], [0xF0, 0x9F, 0x98], [0xC2, 0x41], [0xE2, 0x28, 0xA1],
            [0xF8, 0x88, 0x80, 0x80, 0x80],
            Array("κόσμε".utf8) + [0xED, 0xA0, 0x80] + Array("edited".utf8),
        ] as [[UInt8]]).map { bytes in
            .refused("the bytes \(bytes.map { String($0, radix: 16) })", 1007, ClientFrame.text(bytes))
        } + [
            WebSocketCase(
                "a character cut between fragments", ClientFrame.fragments(1, [[0xF0], [0x9F], [0x98], [0x80]]),
                "text:😀"),
            .refused(
                "a character that the last fragment leaves open", 1007,
                ClientFrame.fragments(1, [[0x61], [0xE2, 0x82]])
            ),
            WebSocketCase(
                "a whole text after one with an open end of a fragment",
                ClientFrame.fragments(1, [[0xC3], [0xA4]]) + ClientFrame.text("b"), "text:ä", "text:b"),
        ]

    // MARK: Closing

    static let closing: [WebSocketCase] =
        [
            WebSocketCase("a close without code", ClientFrame.close(), "→close:", "end:1005"),
            .refused("a close of one byte", 1002, ClientFrame(0x88, [3]).bytes),
            WebSocketCase("a close with a reason", ClientFrame.close(1000, "bye"), "→close:1000", "end:1000"),
            WebSocketCase(
                "a close with the longest reason", ClientFrame.close(1000, String(repeating: "*", count: 123)),
                "→close:1000", "end:1000"),
            .refused("a close that is too long", 1002, ClientFrame.close(1000, String(repeating: "*", count: 124))),
            .refused("a reason that is not UTF-8", 1007, ClientFrame.close(1000, [0xFF])),
            .refused("a reason that ends within a character", 1007, ClientFrame.close(1000, [0xE2, 0x82])),
            WebSocketCase(
                "a text after the close", ClientFrame.close(1000) + ClientFrame.text("x"), "→close:1000", "end:1000"),
            WebSocketCase(
                "a ping after the close", ClientFrame.close(1000) + ClientFrame.ping(), "→close:1000", "end:1000"),
            WebSocketCase("two closes", ClientFrame.close(1001) + ClientFrame.close(1000), "→close:1001", "end:1001"),
        ]
        + ([1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999] as [UInt16])
        .map { code in
            WebSocketCase("close code \(code)", ClientFrame.close(code), "→close:\(code)", "end:\(code)")
        }
        + ([0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535] as [UInt16]).map { code in
            .refused("close code \(code)", 1002, ClientFrame.close(code))
        }

    static let all = framing + pings + reserved + fragments + texts + closing
}
