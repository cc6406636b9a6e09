/// Another key for the entry of one that is there.
struct KeyRenewal: Sendable {
    /// Of the key that is there.
    let id: String
    /// Of the other key.
    let newID: String
    /// Of the other key; 32 bytes.
    let sha256: [UInt8]
    /// When the old key ends, in seconds since 1970; nil: it stays as it is.
    let oldEnds: Int?

    /// The id with six hexadecimal digits at its end, in the place of those that it has already.
    static func makeID(from id: String) -> String {
        let (stem, suffix) = (id.dropLast(7), id.suffix(7))
        let isSuffixed =
            !stem.isEmpty && suffix.first == "-"
            && suffix.dropFirst().utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
        return "\(isSuffixed ? String(stem) : id)-\(RandomBytes.hexadecimal(3))"
    }
}
