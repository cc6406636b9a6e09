import Testing

@testable import Policies

/// What is counted of a text, however it is counted.
@Suite struct TextFeaturesTests {
    private func count(_ feature: TextFeature, _ text: String) -> Float {
        let bytes = Array(text.utf8)
        return unsafe TextFeatures(of: bytes.span.bytes).counts[feature.rawValue]
    }

    @Test(
        "a character is of the same script among many of its kind and alone among ASCII",
        arguments: [
            ("é", TextFeature.latin1), ("č", .latinExtended), ("ω", .greek), ("д", .cyrillic), ("ё", .cyrillicOther),
            ("қ", .cyrillicExtended), ("ա", .armenian), ("א", .hebrew), ("م", .arabic), ("क", .indicNorth),
            ("క", .indicSouth), ("ก", .thai), ("ქ", .southEast), ("ế", .vietnamese), ("—", .symbol), ("あ", .kana),
            ("漢", .han), ("한", .hangul), ("！", .fullWidth), ("😀", .emoji), ("°", .latinSign),
        ])
    func scripts(_ character: String, _ feature: TextFeature) {
        for (before, after) in [(0, 400), (13, 400), (31, 400), (400, 0), (2040, 90), (2047, 0)] {
            let text = String(repeating: "x", count: before) + character + String(repeating: "x", count: after)
            #expect(count(feature, text) == 1, "\(before) before, \(after) after")
        }
        #expect(count(feature, String(repeating: character, count: 300)) == 300)
    }
}
