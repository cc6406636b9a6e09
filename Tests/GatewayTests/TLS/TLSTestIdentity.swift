import COpenSSL
import Testing

@testable import Gateway

/// A P-256 key and its certificate, made for a test; signed by `issuer`, or by itself.
///
/// Owns both and frees them once.
@safe
final class TLSTestIdentity {
    let name: String
    let key: OpaquePointer
    let certificate: OpaquePointer

    /// `validity` is in days from now.
    init(
        _ name: String, alternativeNames: String? = nil, issuer: TLSTestIdentity? = nil, isAuthority: Bool = false,
        validity: Range<Int> = -1..<30
    ) throws {
        self.name = name
        unsafe key = try #require(unsafe shim_EVP_EC_gen("P-256"))
        unsafe certificate = try #require(unsafe X509_new())
        unsafe X509_set_version(certificate, 2)
        unsafe ASN1_INTEGER_set(X509_get_serialNumber(certificate), name.utf8.reduce(1) { $0 + Int($1) })
        unsafe X509_gmtime_adj(X509_getm_notBefore(certificate), validity.lowerBound * 86_400)
        unsafe X509_gmtime_adj(X509_getm_notAfter(certificate), validity.upperBound * 86_400)
        unsafe X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "O", MBSTRING_UTF8, "Test", -1, -1, 0)
        unsafe X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8, name, -1, -1, 0)
        unsafe X509_set_issuer_name(certificate, X509_get_subject_name(issuer?.certificate ?? certificate))
        unsafe X509_set_pubkey(certificate, key)
        try add(NID_basic_constraints, isAuthority ? "critical,CA:TRUE" : "critical,CA:FALSE")
        if let alternativeNames { try add(NID_subject_alt_name, alternativeNames) }
        try #require(unsafe X509_sign(certificate, issuer?.key ?? key, EVP_sha256()) > 0)
    }

    deinit {
        unsafe EVP_PKEY_free(key)
        unsafe X509_free(certificate)
    }

    private func add(_ kind: Int32, _ value: String) throws {
        let made = unsafe try #require(unsafe X509V3_EXT_conf_nid(nil, nil, kind, value))
        unsafe X509_add_ext(certificate, made, -1)
        unsafe X509_EXTENSION_free(made)
    }

    var certificateText: String { unsafe MemoryText.make { bio in unsafe PEM_write_bio_X509(bio, certificate) } }

    var keyText: String {
        unsafe MemoryText.make { bio in unsafe PEM_write_bio_PrivateKey(bio, key, nil, nil, 0, nil, nil) }
    }

    /// The key sealed under a passphrase.
    var encryptedKeyText: String {
        unsafe MemoryText.make { bio in
            unsafe PEM_write_bio_PrivateKey(bio, key, EVP_aes_128_cbc(), "secret", 6, nil, nil)
        }
    }

    /// Writes `NAME.pem` and `NAME.key`.
    func write(to folder: TLSTestFolder) throws -> TLSSettings.CertificateFiles {
        TLSSettings.CertificateFiles(
            certificateFile: try folder.write(certificateText, to: "\(name).pem"),
            keyFile: try folder.write(keyText, to: "\(name).key"))
    }
}
