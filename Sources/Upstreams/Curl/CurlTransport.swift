internal import CCurl

/// libcurl as the transport to one provider, on one worker.
///
/// Owns the provider's settings in libcurl's form and a pool of transfers, whose easy handles are made once with all
/// that stays the same and used again and again.
@safe
package final class CurlTransport: HTTPTransport {
    let multi: CurlMulti
    let settings: HTTPTransportSettings
    private let constantFields: CurlFieldList
    /// The same with the content type of most bodies.
    private let jsonFields: CurlFieldList
    private var pool: [CurlTransfer] = []

    /// Idle transfers kept; each holds some 10 KiB.
    private static let poolLimit = 256

    package init(multi: CurlMulti, settings: HTTPTransportSettings) {
        self.multi = multi
        self.settings = settings
        var constant = unsafe CurlFieldList()
        for field in settings.fields { constant.prepend(field) }
        // libcurl would wait a second for a 100 answer before sending large bodies, and would name types of its own.
        constant.prepend(line: "Expect:")
        constant.prepend(line: "Accept:")
        constant.prepend(HTTPField("user-agent", "sluice"))
        var json = unsafe CurlFieldList(before: constant.first)
        json.prepend(HTTPField("content-type", "application/json"))
        constantFields = constant
        jsonFields = json
    }

    package func start(
        _ request: consuming TransportRequest, _ receiver: any TransferReceiver
    ) -> any HTTPTransfer {
        let transfer = pool.popLast() ?? CurlTransfer(self)
        transfer.start(request, receiver, for: self)
        return transfer
    }

    /// The fields of every call with a JSON body, valid as long as this object.
    @unsafe var sharedFields: UnsafeMutablePointer<curl_slist>? { unsafe jsonFields.first }

    /// The same without a content type.
    @unsafe var untypedFields: UnsafeMutablePointer<curl_slist>? { unsafe constantFields.first }

    func takeBack(_ transfer: CurlTransfer) {
        if pool.count < Self.poolLimit { pool.append(transfer) }
    }
}
