/// The few forms of ASN.1 in DER (ITU-T X.690) that keys and signatures are handed to OpenSSL in.
enum DER {
    /// The algorithm of an RSA key: rsaEncryption with its null parameter (RFC 3279 section 2.3.1).
    private static let rsaAlgorithm: [UInt8] = [
        0x30, 0x0D, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01, 0x05, 0x00,
    ]
    /// The algorithm of a key on P-256: id-ecPublicKey with prime256v1 (RFC 5480 section 2.1.1).
    private static let p256Algorithm: [UInt8] = [
        0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01,
        0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07,
    ]

    /// A SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7) of an RSA key; both numbers with the highest byte first.
    static func rsaKey(modulus: [UInt8], exponent: [UInt8]) -> [UInt8] {
        sequence(rsaAlgorithm, bitString(sequence(integer(modulus), integer(exponent))))
    }

    /// A SubjectPublicKeyInfo of a key on P-256; 32 bytes each.
    static func p256Key(x: [UInt8], y: [UInt8]) -> [UInt8] {
        sequence(p256Algorithm, bitString([0x04] + x + y))
    }

    /// An ECDSA signature (RFC 3279 section 2.2.3) of the form that tokens have: r and s, 32 bytes each (RFC 7518
    /// section 3.4). Nil for another length.
    static func ecdsaSignature(_ raw: [UInt8]) -> [UInt8]? {
        guard raw.count == 64 else { return nil }
        return sequence(integer(Array(raw[..<32])), integer(Array(raw[32...])))
    }

    /// A number that is not negative, the highest byte first.
    static func integer(_ magnitude: [UInt8]) -> [UInt8] {
        var digits = Array(magnitude.drop { $0 == 0 })
        if digits.first.map({ $0 >= 0x80 }) ?? true { digits.insert(0, at: 0) }
        return element(0x02, digits)
    }

    private static func sequence(_ parts: [UInt8]...) -> [UInt8] { element(0x30, parts.flatMap(\.self)) }

    private static func bitString(_ bytes: [UInt8]) -> [UInt8] { element(0x03, [0] + bytes) }

    private static func element(_ tag: UInt8, _ contents: [UInt8]) -> [UInt8] {
        let count = contents.count
        precondition(count < 1 << 16, "longer than a key may be")
        if count < 0x80 { return [tag, UInt8(count)] + contents }
        if count < 0x100 { return [tag, 0x81, UInt8(count)] + contents }
        return [tag, 0x82, UInt8(count >> 8), UInt8(count & 0xFF)] + contents
    }
}
