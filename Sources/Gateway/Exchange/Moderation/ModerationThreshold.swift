/// From which score on texts of one category are flagged.
package struct ModerationThreshold: Sendable {
    /// The provider's name for it, such as `violence`.
    package let category: String
    /// 0 to 1; this score is flagged, too.
    package let score: Double

    package init(_ category: String, score: Double) {
        self.category = category
        self.score = score
    }
}
