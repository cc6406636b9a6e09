import Testing
import Upstreams

@testable import Gateway

/// Requests under way, as operators are told them.
struct RequestListingTests {
    private func activity(_ number: Int, worker: Int = 0, at time: Int) -> RequestActivity {
        var entry = AccessLogEntry()
        entry.time = time
        return RequestActivity(
            id: RequestNumber(worker: worker, number: number), entry: entry, team: "", age: 0,
            progress: WorkProgress(.queued), bytesSent: 0)
    }

    @Test func `the oldest of all workers are told, and how many there are`() {
        let first = RequestListing(total: 900, oldest: (0..<400).map { activity($0 + 1, at: $0 * 2) })
        let second = RequestListing(total: 300, oldest: (0..<300).map { activity($0 + 1, worker: 1, at: $0 * 2 + 1) })
        let all = RequestListing([first, second])
        #expect(all.total == 1200 && all.oldest.count == RequestListing.limit)
        #expect(all.oldest.map(\.entry.time) == Array(0..<500))
    }

    @Test(arguments: ["", "1", "-1", "1-", "0-0", "-1-2", "0-1-2", "a-1", "0-01", "00-1", "+0-1", " 0-1"])
    func `what names no request is refused`(text: String) { #expect(RequestNumber(text) == nil) }

    @Test func `a name leads back to its request`() {
        let number = RequestNumber(worker: 3, number: 1742)
        #expect(RequestNumber(number.description) == number)
    }

    @Test func `what is not known is null`() throws {
        var body = ByteBuffer()
        let own = RequestListing(total: 1, oldest: [activity(7, at: 5_000_000_000)])
        body.appendJSON { $0.object { own.write(to: &$0) } }
        let text = String(decoding: body.copy(), as: UTF8.self)
        let listing = try JSONParser().parse(text: text).root
        let request = try #require(listing["data"]?.elements.first { _ in true })
        #expect(request["id"]?.string == "0-7" && request["started"]?.int == 5 && request["phase"]?.string == "queued")
        let unknown: [StaticString] = [
            "model", "user", "team", "key", "upstream", "upstream_model", "cache", "dialect",
        ]
        for name in unknown {
            #expect(request[name]?.isNull == true, "\(name)")
        }
    }
}
