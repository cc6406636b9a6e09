extension TokenEncoding {
    /// Tokens for each occurrence of a feature, in the order of `TextFeature`.
    ///
    /// Fitted by least squares of the relative error to texts in some sixty languages, to code and to JSON, as the
    /// vocabularies cut them.
    var weights: SIMD32<Float> {
        switch self {
        case .cl100k: Self.cl100kWeights
        case .o200k: Self.o200kWeights
        }
    }

    private static let cl100kWeights = weights([
        .letter: 0.08, .word: 0.46, .foreignWord: 1.13, .long: 0.09, .rareLetter: 1.26, .uncommonLetter: 0.37,
        .digit: 0.54, .number: 0.52, .punctuation: 0.44, .line: 0.01, .indent: 0.95, .latinSign: 0.30, .latin1: 1.30,
        .latinExtended: 1.38, .greek: 0.69, .cyrillic: 0.12, .cyrillicOther: 2.93, .cyrillicExtended: 2.27,
        .armenian: 2.04, .hebrew: 0.77, .arabic: 0.44, .indicNorth: 0.78, .indicSouth: 1.44, .thai: 0.64,
        .southEast: 1.74, .vietnamese: 0.12, .symbol: 1.33, .kana: 0.63, .han: 0.76, .hangul: 0.49, .fullWidth: 1.37,
        .emoji: 2.06,
    ])

    private static let o200kWeights = weights([
        .letter: 0.11, .word: 0.34, .foreignWord: 0.00, .long: 0.01, .rareLetter: 0.88, .uncommonLetter: 0.28,
        .digit: 0.45, .number: 0.73, .punctuation: 0.52, .line: 0.29, .indent: 0.85, .latinSign: 0.36, .latin1: 0.80,
        .latinExtended: 0.81, .greek: 0.33, .cyrillic: 0.23, .cyrillicOther: 1.07, .cyrillicExtended: 0.50,
        .armenian: 0.31, .hebrew: 0.36, .arabic: 0.26, .indicNorth: 0.30, .indicSouth: 0.32, .thai: 0.33,
        .southEast: 0.30, .vietnamese: -0.26, .symbol: 1.12, .kana: 0.62, .han: 0.73, .hangul: 0.57, .fullWidth: 1.22,
        .emoji: 1.54,
    ])

    private static func weights(_ pairs: KeyValuePairs<TextFeature, Float>) -> SIMD32<Float> {
        var weights = SIMD32<Float>.zero
        for (feature, weight) in pairs { weights[feature.rawValue] = weight }
        return weights
    }
}
