import COpenSSL

/// One certificate with its key, chain and the listener's TLS rules, ready to serve.
///
/// Owns one `SSL_CTX` and frees it exactly once. Never changes it after `init` and the one `install` that follows.
@safe
final class CertificateContext: Sendable {
    // Shared by all workers without a lock of ours: nothing writes to the SSL_CTX once its TLSContext is made, its
    // reference count is atomic, and its session cache, the one part that sessions write to, is off.
    nonisolated(unsafe) let pointer: OpaquePointer

    init(
        _ files: TLSSettings.CertificateFiles, settings: TLSSettings, ticketKeys: TicketKeys
    ) throws(TLSError) {
        guard let context = unsafe SSL_CTX_new(TLS_server_method()) else {
            preconditionFailure("no SSL_CTX: \(OpenSSLErrors.drain().text)")
        }
        unsafe pointer = context
        applyRules(minimumVersion: settings.minimumVersion, ticketKeys: ticketKeys)
        try load(files)
        let policy = try loadAuthorities(settings.clientCertificates)
        setSessionContext(policy)
    }

    deinit { unsafe SSL_CTX_free(pointer) }

    /// The certificate that is served, without its chain.
    func certificate() -> Certificate {
        guard let leaf = unsafe SSL_CTX_get0_certificate(pointer) else { preconditionFailure("no certificate loaded") }
        return unsafe Certificate(sharing: leaf)
    }

    // MARK: Rules

    private func applyRules(minimumVersion: TLSVersion, ticketKeys: TicketKeys) {
        let options =
            shim_SSL_OP_NO_RENEGOTIATION | shim_SSL_OP_NO_COMPRESSION | shim_SSL_OP_CIPHER_SERVER_PREFERENCE
            | shim_SSL_OP_PRIORITIZE_CHACHA
        unsafe SSL_CTX_set_options(pointer, options)
        // Without NO_AUTO_CHAIN OpenSSL looks for missing intermediates anew in each handshake.
        let modes =
            SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS
            | SSL_MODE_NO_AUTO_CHAIN
        unsafe shim_SSL_CTX_set_mode(pointer, Int(modes))
        // One system call for a record instead of one for its header and one for its body.
        unsafe shim_SSL_CTX_set_read_ahead(pointer, 1)
        unsafe shim_SSL_CTX_set_session_cache_mode(pointer, Int(SSL_SESS_CACHE_OFF))
        // Forward secrecy and authenticated encryption for 1.2; all suites of 1.3 have both.
        let accepted =
            unsafe shim_SSL_CTX_set_min_proto_version(pointer, minimumVersion.number) == 1
            && SSL_CTX_set_cipher_list(pointer, "ECDHE+AESGCM:ECDHE+CHACHA20") == 1
            && shim_SSL_CTX_set1_groups_list(pointer, "X25519:P-256:P-384") == 1
            && shim_SSL_CTX_set_tlsext_ticket_keys(pointer, ticketKeys.bytes, Int32(ticketKeys.bytes.count)) == 1
        precondition(accepted, "OpenSSL refuses the rules: \(OpenSSLErrors.drain().text)")
    }

    // MARK: Files

    private func load(_ files: TLSSettings.CertificateFiles) throws(TLSError) {
        try PrivateFile.checkReadable(files.certificateFile)
        try PrivateFile.checkReadable(files.keyFile)
        OpenSSLErrors.clear()
        guard unsafe SSL_CTX_use_certificate_chain_file(pointer, files.certificateFile) == 1 else {
            throw .invalidCertificate(file: files.certificateFile, reason: OpenSSLErrors.drain().text)
        }
        // Without this OpenSSL asks for an encrypted key's passphrase on the terminal, and waits.
        unsafe SSL_CTX_set_default_passwd_cb(pointer) { _, _, _, _ in -1 }
        guard unsafe SSL_CTX_use_PrivateKey_file(pointer, files.keyFile, SSL_FILETYPE_PEM) == 1 else {
            let cause = OpenSSLErrors.drain()
            if cause.isReason(X509_R_KEY_VALUES_MISMATCH, of: ERR_LIB_X509) {
                throw .keyDoesNotMatch(certificateFile: files.certificateFile, keyFile: files.keyFile)
            }
            throw .invalidKey(file: files.keyFile, reason: cause.text)
        }
        guard unsafe SSL_CTX_check_private_key(pointer) == 1 else {
            OpenSSLErrors.clear()
            throw .keyDoesNotMatch(certificateFile: files.certificateFile, keyFile: files.keyFile)
        }
    }

    /// Loads the authorities of clients and says what a session was checked against: the mode's byte, then the
    /// SHA-256 of each authority.
    private func loadAuthorities(_ clients: TLSSettings.ClientCertificates) throws(TLSError) -> [UInt8] {
        switch clients {
        case .ignored:
            return [0]
        case .optional(let file):
            unsafe SSL_CTX_set_verify(pointer, SSL_VERIFY_PEER, nil)
            return [1] + (try authorities(in: file))
        case .required(let file):
            unsafe SSL_CTX_set_verify(pointer, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nil)
            return [2] + (try authorities(in: file))
        }
    }

    private func authorities(in file: String) throws(TLSError) -> [UInt8] {
        try PrivateFile.checkReadable(file)
        OpenSSLErrors.clear()
        guard unsafe SSL_CTX_load_verify_file(pointer, file) == 1, let names = unsafe SSL_load_client_CA_file(file)
        else {
            throw .invalidAuthorities(file: file, reason: OpenSSLErrors.drain().text)
        }
        unsafe SSL_CTX_set_client_CA_list(pointer, names)
        let objects = unsafe X509_STORE_get0_objects(SSL_CTX_get_cert_store(pointer))
        var digests: [UInt8] = []
        for index in 0..<(unsafe OPENSSL_sk_num(objects)) {
            let object = unsafe OpaquePointer(OPENSSL_sk_value(objects, index))
            guard let authority = unsafe X509_OBJECT_get0_X509(object) else { continue }
            digests += unsafe Certificate(sharing: authority).fingerprint
        }
        return digests
    }

    /// Binds tickets to what their clients were checked against: one from a listener, or from before a reload, with
    /// other rules for client certificates leads to a full handshake.
    private func setSessionContext(_ policy: [UInt8]) {
        let identifier = SHA256.hash(policy).bytes
        let accepted = unsafe SSL_CTX_set_session_id_context(pointer, identifier, UInt32(identifier.count)) == 1
        precondition(accepted, "a digest is as long as a session id context may be")
    }
}
