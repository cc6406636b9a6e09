import Policies

/// The text of one choice of an answer on its way through all guard policies, in pieces.
///
/// Policies act in their order, each on what the one before lets out. One in shadow mode reads along what those before
/// it let out, and changes nothing.
struct GuardedText {
    /// The choice's `index`.
    let choice: Int
    private var streams: [GuardStream]
    /// What one policy lets out; kept for its memory.
    private var passed: [UInt8] = []
    /// Characters that came in.
    private var characters = 0

    init(choice: Int, _ policies: [GuardPolicy]) {
        self.choice = choice
        streams = policies.map { $0.rules.makeStream() }
    }

    /// Whether text waits for what follows.
    func holdsText(_ policies: [GuardPolicy]) -> Bool {
        policies.indices.contains { !policies[$0].isShadow && streams[$0].holdsText }
    }

    /// Takes the next piece; `output` becomes what may go out. `policies` and `found` are in the order of the streams.
    mutating func feed(
        _ piece: RawSpan, isLast: Bool, policies: [GuardPolicy], found: inout [GuardFinding], output: inout [UInt8]
    ) throws(Refusal) {
        unsafe piece.withUnsafeBytes { unsafe output.replaceSubrange(0..., with: $0) }
        characters += piece.scalarCount
        for index in policies.indices where !found[index].hasStopped {
            let policy = policies[index]
            passed.removeAll(keepingCapacity: true)
            do throws(Refusal) {
                if let limit = policy.settings.maxAnswerChars, characters > limit { throw policy.tooLong }
                guard !policy.rules.isEmpty else { continue }
                try unsafe run(index, policy, output.span.bytes, isLast: isLast, found: &found)
            } catch {
                found[index].refusal = error
                if !policy.isShadow { throw error }
            }
            if !policy.isShadow { swap(&output, &passed) }
        }
    }

    private mutating func run(
        _ index: Int, _ policy: GuardPolicy, _ piece: RawSpan, isLast: Bool, found: inout [GuardFinding]
    ) throws(Refusal) {
        let before = streams[index].redactions
        defer { found[index].redactions += streams[index].redactions - before }
        do throws(GuardStop) {
            try streams[index].feed(piece, isLast: isLast, into: &passed)
        } catch {
            throw policy.refusal(error, param: nil)
        }
    }
}
