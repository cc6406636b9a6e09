/// At which places a paced text may be cut.
package enum PaceUnit: String, CaseIterable, Sendable {
    /// Where the provider's events end: they are merged, never split.
    case event
    /// Between any two characters (grapheme clusters).
    case char
    /// Where a word ends: before white space, and at each character of scripts that are written without spaces.
    case word
    /// After a line break.
    case line
    /// Where a sentence ends.
    case sentence
}
