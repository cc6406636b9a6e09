import COpenSSL

/// All that the sessions of one listener share: certificates, ticket keys and rules.
///
/// Owns one `SSL_CTX` per certificate. Immutable after creation, so that all workers make sessions from it without a
/// lock; a reload creates a new one, and the old one lives until its last session is freed, for each `TLSSession`
/// holds it. Never touches a socket.
///
/// A client that offers application protocols, but none of ours, is refused with the alert `no_application_protocol`
/// (RFC 7301 section 3.2); one that offers none goes on without.
package final class TLSContext: Sendable {
    private let certificates: [CertificateContext]
    private let names: ServerNames
    private let protocols: ApplicationProtocols
    /// Certificates that are served although they have expired or are not valid yet: one sentence each, with the file.
    package let warnings: [String]

    /// Reads all files that `settings` name. Every error names its file.
    package init(_ settings: TLSSettings, ticketKeys: TicketKeys) throws(TLSError) {
        guard !settings.certificates.isEmpty else { throw .noCertificates }
        var certificates: [CertificateContext] = []
        var names = ServerNames()
        var warnings: [String] = []
        for files in settings.certificates {
            let context = try CertificateContext(files, settings: settings, ticketKeys: ticketKeys)
            let certificate = context.certificate()
            names.add(certificate.names, index: certificates.count)
            if let warning = certificate.validityWarning { warnings.append("\(files.certificateFile): \(warning)") }
            certificates.append(context)
        }
        self.certificates = certificates
        self.names = names
        self.warnings = warnings
        protocols = try ApplicationProtocols(settings.applicationProtocols)
        installCallbacks()
    }

    /// A new `SSL`, owned by the caller, that begins with the first certificate.
    @unsafe
    func makeSession() -> OpaquePointer {
        guard let session = unsafe SSL_new(certificates[0].pointer) else { preconditionFailure("out of memory") }
        return unsafe session
    }

    // MARK: Callbacks during handshakes

    private func installCallbacks() {
        // Not retained, or the contexts and this would keep each other alive. Sessions call back, and hold this.
        let me = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe shim_SSL_CTX_set_tlsext_servername_callback(
            certificates[0].pointer,
            { session, _, context in
                guard let session = unsafe session, let context = unsafe context else { return SSL_TLSEXT_ERR_NOACK }
                return unsafe TLSContext.from(context).chooseCertificate(for: session)
            }, me)
        guard !protocols.isEmpty else { return }
        // The session asks the context of the certificate that was chosen: each has the callback.
        for certificate in certificates {
            unsafe SSL_CTX_set_alpn_select_cb(
                certificate.pointer,
                { _, chosen, chosenCount, offer, offerCount, context in
                    guard let context = unsafe context else { return SSL_TLSEXT_ERR_ALERT_FATAL }
                    let offer = unsafe UnsafeBufferPointer(start: offer, count: Int(offerCount))
                    guard let range = unsafe TLSContext.from(context).protocols.select(from: offer.span) else {
                        return SSL_TLSEXT_ERR_ALERT_FATAL
                    }
                    // OpenSSL copies the name out of the client's own offer.
                    unsafe chosen?.pointee = offer.baseAddress.map { unsafe $0 + range.lowerBound }
                    unsafe chosenCount?.pointee = UInt8(range.count)
                    return SSL_TLSEXT_ERR_OK
                }, me)
        }
    }

    @unsafe
    private static func from(_ pointer: UnsafeMutableRawPointer) -> TLSContext {
        unsafe Unmanaged<TLSContext>.fromOpaque(pointer).takeUnretainedValue()
    }

    @unsafe
    private func chooseCertificate(for session: OpaquePointer) -> Int32 {
        guard let name = unsafe SSL_get_servername(session, TLSEXT_NAMETYPE_host_name),
            let index = unsafe names.index(of: String(cString: name))
        else { return SSL_TLSEXT_ERR_NOACK }
        if index > 0 { unsafe SSL_set_SSL_CTX(session, certificates[index].pointer) }
        return SSL_TLSEXT_ERR_OK
    }
}
