/// Whose counter: a rule's number and the subject's name.
package struct SubjectKey: Hashable, Sendable {
    let rule: Int
    /// Nil: all subjects together that came after a rule's bound was met.
    let subject: String?

    static func overflow(_ rule: Int) -> Self { Self(rule: rule, subject: nil) }
}
