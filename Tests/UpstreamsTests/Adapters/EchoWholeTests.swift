import Testing

@testable import Upstreams

/// What the echo model answers whole: embeddings and moderations.
struct EchoWholeTests {
    private func request(_ body: String, _ operation: ModelOperation) throws -> CompletionRequest {
        CompletionRequest(
            document: try JSONParser().parse(body), model: "m", isStream: false, wantsUsage: false, requestID: "req_1",
            operation: operation)
    }

    private func vectors(_ members: String) throws -> [[Double]] {
        let sink = EchoFixture().play(try request("{\(members)}", .embeddings))
        let root = try JSONParser().parse(try #require(sink.events.last)).root
        return (root["data"] ?? root).elements.map { ($0["embedding"] ?? $0).elements.map { $0.double ?? 0 } }
    }

    @Test func `equal inputs have equal vectors of length 1, others have others`() throws {
        let found = try vectors(#""input": ["a", "b", "a", ""]"#)
        #expect(found[0] == found[2] && found[0] != found[1] && found[3] != found[0])
        for vector in found {
            #expect(vector.count == 256)
            #expect(abs(vector.reduce(0) { $0 + $1 * $1 } - 1) < 1e-5)
        }
        #expect(try vectors(#""input": "a""#)[0] == found[0])
    }

    @Test func `tokens are inputs, too`() throws {
        #expect(try vectors(#""input": [1, 2, 3], "dimensions": 3"#).map(\.count) == [3])
        let lists = try vectors(#""input": [[1, 2], [3], [ 1,2 ]], "dimensions": 3"#)
        #expect(lists.count == 3 && lists[0] == lists[2] && lists[0] != lists[1])
    }

    @Test(arguments: [
        #""input": []"#, #""input": "x", "dimensions": 0"#, #""input": "x", "dimensions": 1.5"#,
        #""input": "x", "encoding_format": "hex""#,
    ])
    func `what cannot be embedded is refused`(members: String) throws {
        let sink = EchoFixture().play(try request("{\(members)}", .embeddings))
        #expect(sink.error?.cause == .status && sink.error?.answer?.head.status == 400)
    }

    @Test func `usage counts tokens`() throws {
        let sink = EchoFixture().play(try request(#"{"input": ["one two", "three"]}"#, .embeddings))
        #expect(sink.facts.last?.usage?.promptTokens == 3)
    }

    @Test func `a configured failure comes before an answer`() throws {
        let fixture = EchoFixture { $0.failAfter = 0 }
        let sink = fixture.play(try request(#"{"input": "x"}"#, .moderations))
        #expect(sink.events.isEmpty && sink.error?.cause == .truncated && sink.ends == 1)
    }

    @Test func `a call that was cancelled says nothing`() throws {
        let fixture = EchoFixture()
        let call = fixture.start(try request(#"{"input": "x"}"#, .embeddings))
        call.cancel()
        fixture.reactor.endTurn()
        #expect(fixture.sink.isUntouched)
    }

    @Test(
        arguments: [
            ([], ""), ([77], "TQ=="), ([77, 97], "TWE="), ([77, 97, 110], "TWFu"), ([0xFB, 0xFF, 0xFE, 0], "+//+AA=="),
        ] as [([UInt8], String)])
    func `bytes become Base64`(bytes: [UInt8], text: String) {
        #expect(Base64.text(of: bytes) == text)
    }
}
