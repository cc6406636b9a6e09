/// Texts of all that is hard to cut: joined emoji, flags, marks, syllables in parts, line ends, scripts without spaces.
enum RandomText {
    private static let parts = [
        "a", "b", "word", " ", "  ", "\n", "\r", "\r\n", "e\u{301}", "\u{301}", "👨‍👩‍👧", "🇩🇪", "🇫", "한", "\u{1112}",
        "\u{1161}",
        "\u{11AB}", "क्षि", "字", "。", "！", "」", "「", "!", ".", "... ", "\u{200D}", "\u{FE0F}", "👍🏽", "ก็", "\u{600}1",
        "\t", "\"", ")", "\u{0}", "，", "?", "…", "\u{2028}", "ー", "カ", "*",
    ]

    static func text(_ random: inout SeededRandom, parts count: Int) -> String {
        (0..<count).map { _ in parts[Int.random(in: parts.indices, using: &random)] }.joined()
    }

    /// The text in parts, cut between any two scalars; `mean`: scalars of a part, roughly.
    static func cut(_ text: String, _ random: inout SeededRandom, mean: Int) -> [String] {
        var pieces: [String] = []
        var piece = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            piece.append(scalar)
            if Int.random(in: 0..<mean, using: &random) == 0 {
                pieces.append(String(piece))
                piece = String.UnicodeScalarView()
            }
        }
        return piece.isEmpty ? pieces : pieces + [String(piece)]
    }
}
