/// The application protocols that a listener speaks, in order of preference (RFC 7301).
struct ApplicationProtocols: Sendable {
    private let names: [[UInt8]]

    init(_ names: [String]) throws(TLSError) {
        for name in names where !(1...255).contains(name.utf8.count) {
            throw .invalidApplicationProtocol(name)
        }
        self.names = names.map { Array($0.utf8) }
    }

    var isEmpty: Bool { names.isEmpty }

    /// Where in the client's `offer` our most preferred common protocol stands, without its length byte; nil if there
    /// is none. An offer is a run of names, each after a byte with its length; OpenSSL has checked its form.
    func select(from offer: Span<UInt8>) -> Range<Int>? {
        for name in names {
            var start = 0
            while start < offer.count {
                let range = start + 1..<start + 1 + Int(offer[start])
                guard range.upperBound <= offer.count else { break }
                if Self.equal(name, offer, range) { return range }
                start = range.upperBound
            }
        }
        return nil
    }

    private static func equal(_ name: [UInt8], _ offer: Span<UInt8>, _ range: Range<Int>) -> Bool {
        name.count == range.count && name.indices.allSatisfy { name[$0] == offer[range.lowerBound + $0] }
    }
}
