@testable import Upstreams

/// libcurl on a small loop, towards a local provider.
final class CurlFixture {
    let reactor = PollReactor()
    let multi: CurlMulti
    let transport: CurlTransport

    init(_ url: String, _ configure: (inout HTTPTransportSettings) -> Void = { _ in }) {
        var settings = HTTPTransportSettings(baseURL: url)
        configure(&settings)
        multi = CurlMulti(reactor: reactor)
        transport = CurlTransport(multi: multi, settings: settings)
    }

    func start(
        _ body: String = "{}", fields: [HTTPField] = [], to receiver: RecordingReceiver
    ) -> any HTTPTransfer {
        transport.start(
            TransportRequest(path: "/chat/completions", fields: fields, body: ByteBuffer(Array(body.utf8))), receiver)
    }

    /// A call that runs to its end.
    func call(_ body: String = "{}", fields: [HTTPField] = []) -> RecordingReceiver {
        let receiver = RecordingReceiver()
        let transfer = start(body, fields: fields, to: receiver)
        _ = reactor.turn { receiver.isOver }
        withExtendedLifetime(transfer) {}
        return receiver
    }
}
