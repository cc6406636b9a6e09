extension TokenEncoding {
    /// Tokens for each occurrence of a feature, in the order of `TextFeature`.
    ///
    /// Fitted by least squares of the relative error to texts in some sixty languages, to code and to JSON, as the
    /// vocabularies cut them.
    var weights: InlineArray<32, Float> {
        switch self {
        case .cl100k: Self.cl100kWeights
        case .o200k: Self.o200kWeights
        }
    }

    private static let cl100kWeights = weights([
        .letter: 0.12, .word: 0.21, .foreignWord: 0.96, .long: 0.03, .rareLetter: 0.84, .uncommonLetter: 0.63,
        .digit: 0.40, .number: 1.12, .punctuation: 0.45, .vowelEnd: 0.67, .indent: 1.31, .latinSign: 2.51,
        .latin1: 1.55, .latinExtended: 1.51, .greek: 0.80, .cyrillic: 0.26, .cyrillicOther: 2.60,
        .cyrillicExtended: 2.49, .armenian: 2.17, .hebrew: 0.92, .arabic: 0.57, .indicNorth: 0.97, .indicSouth: 1.63,
        .thai: 0.82, .southEast: 1.92, .vietnamese: -0.08, .symbol: 0.81, .kana: 0.86, .han: 1.04, .hangul: 0.77,
        .fullWidth: 0.80, .emoji: 2.23,
    ])

    private static let o200kWeights = weights([
        .letter: 0.11, .word: 0.38, .foreignWord: 0.00, .long: 0.01, .rareLetter: 0.68, .uncommonLetter: 0.24,
        .digit: 0.37, .number: 1.03, .punctuation: 0.48, .vowelEnd: 0.37, .indent: 1.43, .latinSign: 1.76,
        .latin1: 0.77, .latinExtended: 0.84, .greek: 0.34, .cyrillic: 0.24, .cyrillicOther: 1.10,
        .cyrillicExtended: 0.50, .armenian: 0.30, .hebrew: 0.38, .arabic: 0.29, .indicNorth: 0.31, .indicSouth: 0.33,
        .thai: 0.36, .southEast: 0.30, .vietnamese: -0.37, .symbol: 0.80, .kana: 0.70, .han: 0.79, .hangul: 0.61,
        .fullWidth: 0.80, .emoji: 1.48,
    ])

    private static func weights(_ pairs: KeyValuePairs<TextFeature, Float>) -> InlineArray<32, Float> {
        var weights = InlineArray<32, Float>(repeating: 0)
        for (feature, weight) in pairs { weights[feature.rawValue] = weight }
        return weights
    }
}
