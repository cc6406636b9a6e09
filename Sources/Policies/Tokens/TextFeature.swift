/// What of a text in UTF-8 is counted to estimate its tokens; the raw value is the place in a vector of counts.
///
/// A word is a run of bytes above 0x40, so that letters of every script are of one. Scripts are told by the first byte
/// of a character, whose ranges are Unicode blocks.
enum TextFeature: Int, CaseIterable {
    /// ASCII letters.
    case letter
    /// Beginnings of words.
    case word
    /// Beginnings of words whose first character is a letter of U+00C0–D7FF.
    case foreignWord
    /// Bytes of a word from its eighth on.
    case long
    /// j, k, v, y, z: rare in English, so that words with them are less often one token.
    case rareLetter
    /// g, h, u: the same, less so.
    case uncommonLetter
    case digit
    /// Beginnings of runs of digits.
    case number
    /// Visible ASCII but letters and digits.
    case punctuation
    /// Words that end in a, i, o or u: rare in English, common in Romance and many other languages.
    case vowelEnd
    /// Spaces after a line end.
    case indent
    /// U+0080–00BF: signs of Latin-1.
    case latinSign
    /// U+00C0–00FF: é, ü, ß.
    case latin1
    /// U+0100–02FF: č, ğ, ł.
    case latinExtended
    /// U+0300–03FF.
    case greek
    /// U+0400–047F.
    case cyrillic
    /// U+0450–045F: letters that Russian does not have.
    case cyrillicOther
    /// U+0480–04FF: letters of Central Asia.
    case cyrillicExtended
    /// U+0500–057F.
    case armenian
    /// U+0580–05FF.
    case hebrew
    /// U+0600–07FF.
    case arabic
    /// U+0800–0BFF: Devanagari to Tamil.
    case indicNorth
    /// U+0C00–0DFF: Telugu to Sinhala.
    case indicSouth
    /// U+0E00–0FFF: Thai, Lao, Tibetan.
    case thai
    /// U+1000–1FFF: Georgian, Khmer, Vietnamese.
    case southEast
    /// U+1E00–1FFF: Vietnamese, which costs less than its neighbours.
    case vietnamese
    /// U+2000–2FFF: quotes, dashes, arrows, mathematics.
    case symbol
    /// U+3000–3FFF.
    case kana
    /// U+4000–9FFF.
    case han
    /// U+A000–DFFF.
    case hangul
    /// U+E000–FFFF: full-width forms, variation selectors.
    case fullWidth
    /// Beyond U+FFFF.
    case emoji
}
