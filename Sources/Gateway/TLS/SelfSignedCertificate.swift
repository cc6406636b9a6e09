import COpenSSL
import Glibc

/// A certificate for trying and testing, signed by its own key, and kept in two PEM files.
enum SelfSignedCertificate {
    /// The longest that clients accept.
    private static let lifetime = 825 * 86_400
    /// For clients whose clocks are behind.
    private static let backdating = 3_600

    /// Makes both files for `names` (DNS names, `*.` wildcards and IP addresses) if neither is there; leaves both as
    /// they are if they are.
    ///
    /// Missing folders are made. Another process that makes the same files at the same time waits, then finds them.
    static func ensure(names: [String], certificateFile: String, keyFile: String) throws(TLSError) {
        try PrivateFile.makeFolder(of: certificateFile)
        try PrivateFile.makeFolder(of: keyFile)
        let lock = try PrivateFile.lockFolder(of: keyFile)
        defer { close(lock) }
        switch unsafe (access(certificateFile, F_OK) == 0, access(keyFile, F_OK) == 0) {
        case (true, true): return
        case (true, false): throw .incompletePair(present: certificateFile, missing: keyFile)
        case (false, true): throw .incompletePair(present: keyFile, missing: certificateFile)
        case (false, false):
            let pair = try make(names)
            try PrivateFile.write(pair.key, to: keyFile, mode: 0o600)
            try PrivateFile.write(pair.certificate, to: certificateFile, mode: 0o644)
        }
    }

    /// A new P-256 key and its certificate, both in PEM.
    private static func make(_ names: [String]) throws(TLSError) -> (certificate: String, key: String) {
        let alternativeNames = try subjectAlternativeNames(names)
        guard let key = unsafe shim_EVP_EC_gen("P-256"), let certificate = unsafe X509_new() else {
            preconditionFailure("no certificate: \(OpenSSLErrors.drain().text)")
        }
        defer {
            unsafe EVP_PKEY_free(key)
            unsafe X509_free(certificate)
        }
        unsafe fill(certificate, commonName: names.first ?? "", key: key)
        for (kind, value) in [
            (NID_basic_constraints, "critical,CA:FALSE"),
            (NID_key_usage, "critical,digitalSignature"),
            (NID_ext_key_usage, "serverAuth"),
            (NID_subject_key_identifier, "hash"),
            (NID_subject_alt_name, alternativeNames),
        ] {
            unsafe addExtension(kind, value, to: certificate)
        }
        precondition(unsafe X509_sign(certificate, key, EVP_sha256()) > 0, OpenSSLErrors.drain().text)
        return unsafe (
            MemoryText.make { bio in unsafe PEM_write_bio_X509(bio, certificate) },
            MemoryText.make { bio in unsafe PEM_write_bio_PrivateKey(bio, key, nil, nil, 0, nil, nil) }
        )
    }

    @unsafe
    private static func fill(_ certificate: OpaquePointer, commonName: String, key: OpaquePointer) {
        // A serial number is positive and of at most 20 octets (RFC 5280 section 4.1.2.2).
        var serial = RandomBytes.make(16)
        serial[0] = serial[0] & 0x7f | 0x40
        let number = unsafe BN_bin2bn(serial, Int32(serial.count), nil)
        defer { unsafe BN_free(number) }
        let name = unsafe X509_get_subject_name(certificate)
        // A common name has at most 64 characters; the names that count are in the extension.
        let text = commonName.utf8.count <= 64 ? commonName : "self-signed"
        let done =
            unsafe X509_set_version(certificate, 2) == 1
            && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != nil
            && X509_gmtime_adj(X509_getm_notBefore(certificate), -backdating) != nil
            && X509_gmtime_adj(X509_getm_notAfter(certificate), lifetime - backdating - 1) != nil
            && X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, text, -1, -1, 0) == 1
            && X509_set_issuer_name(certificate, name) == 1
            && X509_set_pubkey(certificate, key) == 1
        precondition(done, "the fields are sound")
    }

    @unsafe
    private static func addExtension(_ kind: Int32, _ value: String, to certificate: OpaquePointer) {
        var context = unsafe X509V3_CTX()
        unsafe X509V3_set_ctx(&context, certificate, certificate, nil, nil, 0)
        guard let made = unsafe X509V3_EXT_conf_nid(nil, &context, kind, value) else {
            preconditionFailure("extension \(value): \(OpenSSLErrors.drain().text)")
        }
        unsafe X509_add_ext(certificate, made, -1)
        unsafe X509_EXTENSION_free(made)
    }

    // MARK: Names

    /// In OpenSSL's notation, where a comma or colon in a name would begin something else: both are refused.
    private static func subjectAlternativeNames(_ names: [String]) throws(TLSError) -> String {
        var entries: [String] = []
        for name in names {
            if isAddress(name) {
                entries.append("IP:\(name)")
            } else if isHostName(name) {
                entries.append("DNS:\(name)")
            } else {
                throw .invalidName(name)
            }
        }
        return entries.joined(separator: ",")
    }

    private static func isAddress(_ name: String) -> Bool {
        var address = in6_addr()
        return unsafe inet_pton(AF_INET, name, &address) == 1 || inet_pton(AF_INET6, name, &address) == 1
    }

    private static func isHostName(_ name: String) -> Bool {
        let host = name.hasPrefix("*.") ? name.dropFirst(2) : Substring(name)
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        return host.utf8.count <= 253
            && labels.allSatisfy { label in
                (1...63).contains(label.utf8.count)
                    && label.utf8.allSatisfy { byte in
                        switch byte {
                        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                            true
                        default: false
                        }
                    }
            }
    }
}
