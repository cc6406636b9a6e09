import Policies

/// Histories as clients send them, and as they should not: calls in parallel, results that are late, missing, or of no
/// call, instructions in the middle, ids used twice.
struct RandomHistory {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// SplitMix64.
    mutating func below(_ bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((mixed ^ (mixed >> 31)) % UInt64(bound))
    }

    mutating func make() -> [MessageFacts] {
        var messages: [MessageFacts] = []
        var open: [String] = []
        for _ in 0..<below(40) {
            let tokens = below(10) == 0 ? below(500) : 4 + below(40)
            switch below(10) {
            case 0: messages.append(MessageFacts(.instructions, tokens: tokens))
            case 1...3: messages.append(MessageFacts(.user, tokens: tokens))
            case 4, 5:
                let calls = (0...below(3)).map { _ in "call-\(below(12))" }
                open += calls
                messages.append(MessageFacts(.other, tokens: tokens, calls: calls))
            case 6, 7:
                let answered = open.isEmpty || below(12) == 0 ? "call-\(below(12))" : open.remove(at: below(open.count))
                messages.append(MessageFacts(.other, tokens: tokens, answers: answered))
            default: messages.append(MessageFacts(.other, tokens: tokens))
            }
        }
        messages.append(MessageFacts(.user, tokens: 4 + below(40)))
        return messages
    }
}
