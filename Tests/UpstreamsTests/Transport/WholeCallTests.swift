import Testing

@testable import Upstreams

/// A call whose answer is taken whole: its times.
struct WholeCallTests {
    private let reactor = ManualReactor()
    private let transport = FakeTransport()

    private func fail(connected: Bool, after milliseconds: Int) -> WholeCall.Failure? {
        var failure: WholeCall.Failure?
        let call = WholeCall(
            TransportRequest(path: "/x", fields: [], body: ByteBuffer()), over: transport, maxBytes: 100, timeout: 1000,
            connectTimeout: 200, reactor: reactor
        ) { result in
            if case .failure(let reason) = result { failure = reason }
        }
        transport.transfers.last?.isConnected = connected
        reactor.advance(milliseconds: milliseconds)
        call.cancel()
        return failure
    }

    @Test func `a connection must stand in time`() {
        #expect(fail(connected: false, after: 199) == nil)
        #expect(fail(connected: false, after: 200) == .transport(.connectTimeout))
    }

    @Test func `a connection that stands has all the time`() {
        #expect(fail(connected: true, after: 999) == nil)
        #expect(fail(connected: true, after: 1000) == .timeout)
    }
}
