import Testing

@testable import Policies

/// What clients really send passes, also where unknown fields do not.
struct RealRequestsTests {
    @Test("real chat requests pass", arguments: RealRequests.chats)
    func chats(_ request: (name: String, body: String)) {
        let strict = Verdict.settings { $0.unknownFields = .reject }
        #expect(Verdict.all(request.body, .chat, strict) == [], "\(request.name)")
    }

    @Test("no field of a real request can be given another kind of value unnoticed")
    func otherKinds() {
        for request in RealRequests.chats {
            let tree = TestTree(request.body)
            var key = 1
            while key < tree.node(0).end {
                let name = tree.text(of: key, limit: 64)
                let value = tree.node(key + 1)
                let kind = value.kind
                if kind != .null, name != "model", name != "messages" {
                    let wrong = kind == .bool ? #""x""# : "true"
                    let body = #"{"model": "m", "messages": [{"role": "user", "content": "x"}], "\#(name)": \#(wrong)}"#
                    #expect(Verdict.all(body).contains("invalid_type \(name)"), "\(name)")
                }
                key = value.end
            }
        }
    }
}
