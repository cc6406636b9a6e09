import Testing

@testable import Gateway

@Suite struct TLSApplicationProtocolsTests {
    @Test(arguments: [
        ([2, 1, 2, 3, 7, 8, 9], 1..<3), ([3, 7, 8, 9], 1..<4), ([3, 7, 8, 9, 2, 1, 2], 5..<7), ([2, 1, 3], nil),
        ([1, 1], nil), ([], nil), ([2, 1], nil), ([200, 1, 2], nil), ([0, 2, 1, 2], 2..<4),
    ])
    func selectionKeepsOurOrderAndReadsBrokenOffersSafely(offer: [UInt8], expected: Range<Int>?) throws {
        let protocols = try ApplicationProtocols(["\u{1}\u{2}", "\u{7}\u{8}\u{9}"])
        #expect(protocols.select(from: offer.span) == expected)
    }
}
