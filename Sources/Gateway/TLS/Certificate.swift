import COpenSSL
import Glibc

/// One X.509 certificate, to look at.
///
/// Owns one reference to an `X509` and gives it back exactly once. Never changes it.
@safe
struct Certificate: ~Copyable {
    private let pointer: OpaquePointer

    /// Takes over the caller's reference.
    @unsafe
    init(owning pointer: OpaquePointer) { unsafe self.pointer = pointer }

    /// Takes a reference of its own.
    @unsafe
    init(sharing pointer: OpaquePointer) {
        unsafe X509_up_ref(pointer)
        unsafe self.pointer = pointer
    }

    deinit { unsafe X509_free(pointer) }

    /// SHA-256 of the certificate in DER: 32 bytes.
    var fingerprint: [UInt8] {
        unsafe Array(unsafeUninitializedCapacity: Int(EVP_MAX_MD_SIZE)) { bytes, count in
            var length: UInt32 = 0
            let done = unsafe X509_digest(pointer, EVP_sha256(), bytes.baseAddress, &length)
            precondition(done == 1, "SHA-256 is always there")
            count = Int(length)
        }
    }

    /// The subject as RFC 2253 writes it, such as `CN=alice,O=Example`.
    var subject: String {
        unsafe MemoryText.make { bio in
            unsafe X509_NAME_print_ex(bio, X509_get_subject_name(pointer), 0, shim_XN_FLAG_RFC2253)
        }
    }

    /// The common name of the subject; nil if there is none, or more than one, of which none can be preferred.
    var commonName: String? {
        let name = unsafe X509_get_subject_name(pointer)
        let index = unsafe X509_NAME_get_index_by_NID(name, NID_commonName, -1)
        guard index >= 0, unsafe X509_NAME_get_index_by_NID(name, NID_commonName, index) < 0 else { return nil }
        var text: UnsafeMutablePointer<UInt8>?
        let value = unsafe X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, index))
        let count = unsafe ASN1_STRING_to_UTF8(&text, value)
        guard count >= 0, let text = unsafe text else { return nil }
        defer { unsafe CRYPTO_free(text, nil, 0) }
        return unsafe String(decoding: UnsafeBufferPointer(start: text, count: Int(count)), as: UTF8.self)
    }

    /// When it ends, in seconds since 1970.
    var expires: Int {
        var time = unsafe tm()
        guard unsafe ASN1_TIME_to_tm(X509_get0_notAfter(pointer), &time) == 1 else { return 0 }
        return unsafe timegm(&time)
    }

    /// Why the certificate is of no use to clients now, if so: `expired at …` or `not valid before …`.
    var validityWarning: String? {
        let (start, end) = unsafe (X509_get0_notBefore(pointer), X509_get0_notAfter(pointer))
        if unsafe X509_cmp_current_time(end) < 0 {
            return unsafe "expired at \(MemoryText.make { bio in unsafe ASN1_TIME_print(bio, end) })"
        }
        if unsafe X509_cmp_current_time(start) > 0 {
            return unsafe "not valid before \(MemoryText.make { bio in unsafe ASN1_TIME_print(bio, start) })"
        }
        return nil
    }

    /// The DNS names, in lower case, and IP addresses, in their usual text form, of the subjectAltName extension
    /// (RFC 5280 section 4.2.1.6). A common name is not looked at, as clients do not either (RFC 9525 section 2).
    var names: [String] {
        var names: [String] = []
        unsafe forEachAlternativeName { if let name = unsafe Self.name($0) { names.append(name) } }
        return names
    }

    /// The names of one kind (`GEN_EMAIL`, `GEN_DNS`, `GEN_URI`) of the same extension, as they are written.
    func alternativeNames(_ kind: Int32) -> [String] {
        var names: [String] = []
        unsafe forEachAlternativeName { general in
            if unsafe general.type == kind, let text = unsafe Self.text(general) { names.append(text) }
        }
        return names
    }

    @unsafe
    private func forEachAlternativeName(_ body: (GENERAL_NAME) -> Void) {
        guard let found = unsafe X509_get_ext_d2i(pointer, NID_subject_alt_name, nil, nil) else { return }
        let list = OpaquePointer(found)
        defer { unsafe GENERAL_NAMES_free(list) }
        for index in 0..<(unsafe OPENSSL_sk_num(list)) {
            guard let entry = unsafe OPENSSL_sk_value(list, index) else { continue }
            unsafe body(entry.assumingMemoryBound(to: GENERAL_NAME.self).pointee)
        }
    }

    /// The text of a name that is text.
    private static func text(_ general: GENERAL_NAME) -> String? {
        guard let bytes = unsafe ASN1_STRING_get0_data(general.d.ia5) else { return nil }
        let count = Int(unsafe ASN1_STRING_length(general.d.ia5))
        return unsafe String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    }

    private static func name(_ general: GENERAL_NAME) -> String? {
        if unsafe general.type == GEN_DNS { return unsafe text(general)?.lowercased() }
        guard unsafe general.type == GEN_IPADD, let bytes = unsafe ASN1_STRING_get0_data(general.d.ia5) else {
            return nil
        }
        let count = unsafe ASN1_STRING_length(general.d.ia5)
        guard count == 4 || count == 16 else { return nil }
        return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(INET6_ADDRSTRLEN)) { text in
            let family = count == 4 ? AF_INET : AF_INET6
            return unsafe inet_ntop(family, bytes, text.baseAddress, socklen_t(INET6_ADDRSTRLEN)).map {
                unsafe String(cString: $0)
            }
        }
    }
}
