/// Numbers from a seed (SplitMix64), and texts made of given pieces.
struct GuardRandom {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func below(_ bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((word ^ (word >> 31)) % UInt64(bound))
    }

    mutating func text(of pieces: [String], count: Int) -> String {
        (0..<count).map { _ in pieces[below(pieces.count)] }.joined()
    }

    /// The text's characters in runs of random lengths.
    mutating func cut(_ text: String) -> [String] {
        var pieces: [String] = []
        var scalars = Array(text.unicodeScalars)[...]
        while !scalars.isEmpty {
            var piece = String.UnicodeScalarView()
            piece.append(contentsOf: scalars.prefix(1 + below(5)))
            scalars = scalars.dropFirst(piece.count)
            pieces.append(String(piece))
        }
        return pieces
    }
}
