import Upstreams

/// The form in which a client wants its answer.
struct AnswerForm: Sendable {
    /// A stream of events rather than one answer.
    let isStream: Bool
    /// Usage at the end of the stream.
    let wantsUsage: Bool

    init(isStream: Bool, wantsUsage: Bool) {
        self.isStream = isStream
        self.wantsUsage = wantsUsage
    }

    init(_ request: CompletionRequest) {
        isStream = request.isStream
        wantsUsage = request.wantsUsage
    }
}
