internal import CCurl

/// libcurl as the transport to one provider, on one worker.
///
/// Owns the provider's settings in libcurl's form and a pool of transfers, whose easy handles are made once with all
/// that stays the same and used again and again.
@safe
package final class CurlTransport: HTTPTransport {
    let multi: CurlMulti
    let settings: HTTPTransportSettings
    private var constantFields: CurlFieldList
    private var pool: [CurlTransfer] = []

    /// Idle transfers kept; each holds some 10 KiB.
    private static let poolLimit = 256

    package init(multi: CurlMulti, settings: HTTPTransportSettings) {
        self.multi = multi
        self.settings = settings
        constantFields = unsafe CurlFieldList()
        for field in settings.fields { constantFields.prepend(field) }
        // libcurl would wait a second for a 100 answer before sending large bodies, and would name types of its own.
        constantFields.prepend(line: "Expect:")
        constantFields.prepend(line: "Accept:")
        constantFields.prepend(HTTPField("content-type", "application/json"))
        constantFields.prepend(HTTPField("user-agent", "sluice"))
    }

    package func start(
        _ request: consuming TransportRequest, _ receiver: any TransferReceiver
    ) -> any HTTPTransfer {
        let transfer = pool.popLast() ?? CurlTransfer(self)
        transfer.start(request, receiver, for: self)
        return transfer
    }

    /// The constant fields, valid as long as this object.
    @unsafe var sharedFields: UnsafeMutablePointer<curl_slist>? { unsafe constantFields.first }

    func takeBack(_ transfer: CurlTransfer) {
        if pool.count < Self.poolLimit { pool.append(transfer) }
    }
}
