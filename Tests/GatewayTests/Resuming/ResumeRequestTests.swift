import Testing
import Upstreams

@testable import Gateway

/// Which stream a client comes back to, and from where.
struct ResumeRequestTests {
    private static let id = "00112233445566778899aabbccddeeff"

    private func read(_ path: String, _ fields: String...) throws -> ResumeRequest {
        try ResumeRequest(RequestHead.reading("GET \(path) HTTP/1.1", fields.first ?? "accept: */*"))
    }

    @Test(arguments: ["/v1", "/api/v1"]) func `without an offset it starts at the start`(prefix: String) throws {
        let request = try read("\(prefix)/chat/completions/\(Self.id)/events")
        #expect(request.stream == LogID(Self.id))
        #expect(request.firstEvent == 0)
    }

    @Test(arguments: [("after=0", 1), ("after=41", 42), ("x=1&after=7", 8)])
    func `it goes on behind 'after'`(query: String, first: Int) throws {
        #expect(try read("/v1/chat/completions/\(Self.id)/events?\(query)").firstEvent == first)
    }

    @Test func `it goes on behind the last event id`() throws {
        #expect(try read("/v1/chat/completions/\(Self.id)/events", "last-event-id: \(Self.id)-9").firstEvent == 10)
        let both = try read("/v1/chat/completions/\(Self.id)/events?after=3", "last-event-id: \(Self.id)-9")
        #expect(both.firstEvent == 4, "'after' was written for this request")
    }

    @Test(arguments: [
        "after=", "after=-1", "after=x", "after=1.5", "after=9223372036854775807", "after=99999999999999999999",
    ])
    func `an offset that is none is a mistake`(query: String) {
        #expect(throws: APIError.self) { try read("/v1/chat/completions/\(Self.id)/events?\(query)") }
    }

    @Test(arguments: ["7", "-7", "\(id)-", "\(id)-x", "ff\(id.dropFirst(2))-7", "\(id)-1-2", "\(id)--1"])
    func `an id of another stream or none is a mistake`(value: String) {
        #expect(throws: APIError.self) {
            try read("/v1/chat/completions/\(Self.id)/events", "last-event-id: \(value)")
        }
    }

    @Test(arguments: ["short", "zz112233445566778899aabbccddeeff", "\(id)00"])
    func `a name that is none is a stream that is not there`(name: String) {
        #expect(throws: APIError.self) { try read("/v1/chat/completions/\(name)/events") }
    }

    @Test func `names of logs are written and read back`() {
        for _ in 0..<100 {
            let id = LogID.random()
            #expect(LogID(id.description) == id && id.description.utf8.count == 32)
        }
        #expect(LogID(Self.id.uppercased()) == LogID(Self.id))
    }
}
