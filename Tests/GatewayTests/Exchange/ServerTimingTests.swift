import Testing
import Upstreams

@testable import Gateway

/// The field that tells where the time went.
struct ServerTimingTests {
    @Test(
        arguments: [
            (0, nil, "gw;dur=0.00"), (1_234_567, nil, "gw;dur=1.23"), (999_999, nil, "gw;dur=0.99"),
            (50_000, nil, "gw;dur=0.05"), (12_345_000_000, 12_000_000_000, "gw;dur=345.00, up;dur=12000.00"),
            (5_000_000, 0, "gw;dur=5.00, up;dur=0.00"), (1_000_000, 2_000_000, "gw;dur=0.00, up;dur=2.00"),
        ] as [(Int64, Int64?, String)])
    func `both shares are in milliseconds and never negative`(total: Int64, upstream: Int64?, value: String) {
        let text = ByteBuffer.text { ServerTiming.write(total: total, upstream: upstream, to: &$0) }
        #expect(text == "server-timing: \(value)\r\n")
    }
}
