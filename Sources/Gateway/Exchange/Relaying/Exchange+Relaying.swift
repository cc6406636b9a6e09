import Upstreams

/// What is relayed as it is: with a body that came whole, or one that is handed on as it comes.
extension Exchange {
    /// `document`: the body, if it has been read already.
    func relay(
        _ route: Route, _ operation: ModelOperation, _ body: consuming ByteBuffer, _ document: JSONDocument? = nil
    ) {
        let type = connection.head.value(of: "content-type")
        relay(route, operation, Upload(whole: body, document, contentType: type))
    }

    func beginBody() {
        guard let route, let operation = route.relayed else { preconditionFailure("a route that is not relayed") }
        let head = connection.head
        let type = head.value(of: "content-type")
        let isForm = operation == .images || operation == .audio
        relay(route, operation, Upload(head.body, contentType: type, isFormData: isForm))
    }

    private func relay(_ route: Route, _ operation: ModelOperation, _ upload: Upload) {
        let call = RelayedCall(self, route, operation, upload)
        work = call
        service.loop.start { await call.run() }
    }

    func receive(_ bytes: RawSpan) {
        entry.bytesIn += bytes.byteCount
        (work as? RelayedCall)?.receive(bytes)
    }

    func endBody() { (work as? RelayedCall)?.endBody() }

    var takesBody: Bool { (work as? RelayedCall)?.takesBody ?? false }
}
