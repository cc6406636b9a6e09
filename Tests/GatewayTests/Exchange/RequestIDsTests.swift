import Testing

@testable import Gateway

/// Ids of requests.
struct RequestIDsTests {
    @Test func `ids are of one form, count up in hexadecimal and never repeat`() {
        var ids = RequestIDs()
        let made = (0..<70_000).map { _ in ids.next() }
        #expect(Set(made).count == made.count)
        for (index, id) in made.enumerated() where index < 40 || index > 69_990 || index % 4096 < 2 {
            #expect(id.utf8.count == 36 && id.hasPrefix("req_"))
            let counted = Int(id.suffix(12), radix: 16)
            #expect(counted == index + 1)
            #expect(id.prefix(24) == made[0].prefix(24))
        }
    }

    @Test func `two workers make different ids`() {
        var first = RequestIDs()
        var second = RequestIDs()
        #expect(first.next() != second.next())
    }

    @Test(arguments: [
        ("abc-123", true), ("!~", true), (String(repeating: "x", count: 128), true),
        (String(repeating: "x", count: 129), false), ("a b", false), ("a\tb", false), ("é", false), ("", false),
    ])
    func `the client's own id is kept if it is visible ASCII`(id: String, isAccepted: Bool) throws {
        let head = try RequestHead.reading("GET / HTTP/1.1", "x-request-id: \(id)")
        #expect(RequestIDs.accepted(head) == (isAccepted ? id : nil))
    }
}
