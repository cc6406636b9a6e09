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
        guard let found = unsafe X509_get_ext_d2i(pointer, NID_subject_alt_name, nil, nil) else { return [] }
        let list = OpaquePointer(found)
        defer { unsafe GENERAL_NAMES_free(list) }
        var names: [String] = []
        for index in 0..<(unsafe OPENSSL_sk_num(list)) {
            guard let entry = unsafe OPENSSL_sk_value(list, index) else { continue }
            let general = unsafe entry.assumingMemoryBound(to: GENERAL_NAME.self)
            if let name = unsafe Self.name(general.pointee) { names.append(name) }
        }
        return names
    }

    private static func name(_ general: GENERAL_NAME) -> String? {
        let (kind, value) = unsafe (general.type, general.d.ia5)
        guard kind == GEN_DNS || kind == GEN_IPADD, let bytes = unsafe ASN1_STRING_get0_data(value) else { return nil }
        let count = Int(unsafe ASN1_STRING_length(value))
        if kind == GEN_DNS {
            return unsafe String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self).lowercased()
        }
        guard count == 4 || count == 16 else { return nil }
        return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(INET6_ADDRSTRLEN)) { text in
            let family = count == 4 ? AF_INET : AF_INET6
            return unsafe inet_ntop(family, bytes, text.baseAddress, socklen_t(INET6_ADDRSTRLEN)).map {
                unsafe String(cString: $0)
            }
        }
    }
}
