/// What is done when an upstream fails after content went out.
package enum MidStreamStrategy: String, CaseIterable, Sendable {
    /// Ask again, and go on after what the new answer has in common with what was sent.
    case splice
    /// Give what was sent to a target with `prefill`, as the assistant's own beginning.
    case `continue`
    /// Hold all content back until the answer is complete.
    case buffer
    /// Tell the error in the stream.
    case fail

    /// Whether it has to be known what was sent.
    var needsTranscript: Bool { self == .splice || self == .continue }
}
