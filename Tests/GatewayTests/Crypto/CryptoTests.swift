import Testing

@testable import Gateway

@Suite struct CryptoTests {
    // FIPS 180-4's examples, and the empty message.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func sha256GivesKnownDigests(text: String, digits: String) throws {
        let digest = SHA256.hash(Array(text.utf8))
        #expect(digest.hexadecimal == digits)
        #expect(digest == Digest(hexadecimal: digits.uppercased()))
        #expect(digest.bytes.count == 32)
    }

    @Test func oneStateMakesADigestAfterAnother() {
        let sha256 = SHA256()
        for text in ["abc", "", String(repeating: "a", count: 1000), "abc"] {
            let bytes = Array(text.utf8)
            unsafe #expect(sha256.hash(bytes.span.bytes) == SHA256.hash(bytes))
        }
    }

    @Test func sha256OfAMillionBytes() {
        let digest = SHA256.hash([UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000))
        #expect(digest.hexadecimal == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    @Test func digestsThatDifferInAnyBitAreUnequal() throws {
        let digits = String(repeating: "0", count: 64)
        let zero = try #require(Digest(hexadecimal: digits))
        for position in 0..<64 {
            var changed = Array(digits)
            changed[position] = "8"
            let other = try #require(Digest(hexadecimal: String(changed)))
            #expect(other != zero)
            #expect(other.hexadecimal == String(changed))
        }
    }

    @Test(arguments: ["", "00", String(repeating: "g", count: 64), String(repeating: "0", count: 66), "0"])
    func otherTextIsNoDigest(text: String) {
        #expect(Digest(hexadecimal: text) == nil)
    }

    @Test func constantTimeComparisonTellsBytesAndLengths() {
        func equal(_ a: [UInt8], _ b: [UInt8]) -> Bool { unsafe constantTimeEquals(a.span.bytes, b.span.bytes) }
        #expect(equal([], []))
        #expect(equal([1, 2, 3], [1, 2, 3]))
        #expect(!equal([1, 2, 3], [1, 2, 4]))
        #expect(!equal([9, 2, 3], [1, 2, 3]))
        #expect(!equal([1, 2, 3], [1, 2]))
    }

    @Test func randomBytesFillTheWholeSpanAndDiffer() {
        // A byte stays zero in all of 64 draws once in 2^512 runs.
        var seen = [UInt8](repeating: 0, count: 24)
        for _ in 0..<64 {
            for (index, byte) in RandomBytes.make(24).enumerated() { seen[index] |= byte }
        }
        #expect(seen.allSatisfy { $0 != 0 })
        #expect(RandomBytes.make(0).isEmpty)
        #expect(RandomBytes.hexadecimal(16).utf8.count == 32)
        #expect(RandomBytes.hexadecimal(16) != RandomBytes.hexadecimal(16))
    }

    @Test func identifiersHaveTheFormOfVersion4() {
        let ids = (0..<200).map { _ in UUIDv4.make() }
        for id in ids {
            #expect(id.wholeMatch(of: /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/) != nil)
        }
        #expect(Set(ids).count == 200)
    }
}
