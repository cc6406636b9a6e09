import Testing
import Upstreams

@testable import Gateway

/// The encodings that tokens and keys are made of.
struct JWTBytesTests {
    private func decode(_ text: String) -> [UInt8]? { ByteBuffer(Array(text.utf8)).withBytes { Base64URL.decode($0) } }

    @Test(
        "Base64url is read (RFC 7515 appendix C and RFC 4648 section 10)",
        arguments: [
            ("", []), ("Zg", Array("f".utf8)), ("Zm8", Array("fo".utf8)), ("Zm9v", Array("foo".utf8)),
            ("Zm9vYmFy", Array("foobar".utf8)), ("A-z_4ME", [3, 236, 255, 224, 193]),
        ] as [(String, [UInt8])])
    func decodes(_ text: String, _ bytes: [UInt8]) {
        #expect(decode(text) == bytes)
    }

    @Test(
        "Base64url has one form alone",
        arguments: ["Z", "Zm9vY", "Zg==", "Zg=", "Zh", "Zm9", "Zm9v\n", "Zm 9v", "+/8A", "Zm9v.", "Zm9\u{e9}"])
    func refuses(_ text: String) {
        #expect(decode(text) == nil)
    }

    @Test func `numbers in DER are as short as can be and not negative`() {
        #expect(DER.integer([]) == [2, 1, 0])
        #expect(DER.integer([0, 0]) == [2, 1, 0])
        #expect(DER.integer([0, 0x7F]) == [2, 1, 0x7F])
        #expect(DER.integer([0x80]) == [2, 2, 0, 0x80])
        #expect(DER.integer([1, 0]) == [2, 2, 1, 0])
    }

    @Test func `a signature of a curve has 64 bytes`() {
        let one = [UInt8](repeating: 0, count: 31) + [1]
        let high = [UInt8](repeating: 0xFF, count: 32)
        #expect(DER.ecdsaSignature(one + one) == [0x30, 6, 2, 1, 1, 2, 1, 1])
        #expect(DER.ecdsaSignature(one + high) == [0x30, 38, 2, 1, 1, 2, 33, 0] + high)
        #expect(DER.ecdsaSignature(Array((one + one).dropLast())) == nil)
        #expect(DER.ecdsaSignature(one + one + [0]) == nil)
        #expect(DER.ecdsaSignature([]) == nil)
    }
}
