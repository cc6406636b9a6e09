import Policies
import Testing

/// Which messages go, by example. A history is written as a string, one letter a message: s system, u user, a
/// assistant, c an assistant that calls a tool, r the result of the last call.
struct TrimmingTests {
    /// Ten tokens each.
    private func history(_ letters: String) -> [MessageFacts] {
        var call = 0
        return letters.map { letter in
            switch letter {
            case "s": return MessageFacts(.instructions, tokens: 10)
            case "u": return MessageFacts(.user, tokens: 10)
            case "c":
                call += 1
                return MessageFacts(.other, tokens: 10, calls: ["call-\(call)"])
            case "r": return MessageFacts(.other, tokens: 10, answers: "call-\(call)")
            default: return MessageFacts(.other, tokens: 10)
            }
        }
    }

    /// The history with a dash for each message that goes.
    private func trimmed(_ letters: String, _ trimming: Trimming, _ limits: TrimLimits) throws -> String {
        guard let plan = try trimming.plan(history(letters), fixedTokens: 3, limits: limits) else { return letters }
        return String(zip(letters, plan.isDropped).map { $1 ? "-" : $0 })
    }

    @Test("a history that fits is left alone")
    func fits() throws {
        #expect(try Trimming().plan(history("suaua"), fixedTokens: 3, limits: TrimLimits(tokens: 53)) == nil)
        #expect(try Trimming().plan(history("suaua"), fixedTokens: 3, limits: TrimLimits(messages: 5)) == nil)
        #expect(try Trimming().plan(history("suaua"), fixedTokens: 3, limits: TrimLimits()) == nil)
    }

    @Test(
        "the oldest goes first, instructions and the last turns stay",
        arguments: [
            ("suauauau", 1, 63, "s--uauau"), ("suauauau", 1, 43, "s----uau"), ("suauauau", 2, 43, "s----uau"),
            ("uasuauau", 1, 33, "--s---au"), ("ucrauau", 1, 63, "-crauau"), ("ucrauau", 1, 53, "---auau"),
            ("ucrrrau", 1, 33, "-----au"), ("cccu", 1, 23, "--cu"), ("aaaa", 1, 13, "---a"),
        ])
    func dropsOldest(letters: String, keptTurns: Int, limit: Int, expected: String) throws {
        let left = try trimmed(letters, Trimming(keptTurns: keptTurns), TrimLimits(tokens: limit))
        #expect(left == expected)
    }

    @Test(
        "the middle goes first, outwards",
        arguments: [
            ("uauauau", 63, "uau-uau"), ("uauauau", 53, "ua--uau"), ("uauauau", 43, "ua---au"),
            ("uauauau", 23, "u-----u"), ("uaucrau", 53, "u--crau"), ("uaucrau", 43, "u----au"),
        ])
    func dropsMiddle(letters: String, limit: Int, expected: String) throws {
        #expect(try trimmed(letters, Trimming(.dropMiddle, keptTurns: 1), TrimLimits(tokens: limit)) == expected)
    }

    @Test("instructions go as well when they need not be kept")
    func dropsInstructions() throws {
        let trimming = Trimming(keepsInstructions: false, keptTurns: 1)
        #expect(try trimmed("suau", trimming, TrimLimits(tokens: 33)) == "-uau")
    }

    @Test("a limit of messages counts instructions")
    func messages() throws {
        #expect(try trimmed("suauau", Trimming(keptTurns: 1), TrimLimits(messages: 3)) == "s---au")
    }

    @Test("a result of an id that was used again belongs to its last call")
    func repeatedID() throws {
        let call = MessageFacts(.other, tokens: 10, calls: ["x"])
        let result = MessageFacts(.other, tokens: 10, answers: "x")
        let user = MessageFacts(.user, tokens: 10)
        let plan = try Trimming(keptTurns: 1).plan(
            [user, call, result, user, call, result, user], fixedTokens: 0, limits: TrimLimits(tokens: 40))
        #expect(plan?.isDropped == [true, true, true, false, false, false, false])
        #expect(plan?.droppedMessages == 3)
        #expect(plan?.droppedTokens == 30)
    }

    @Test("what must stay and does not fit is refused, with the numbers")
    func refuses() {
        let error = #expect(throws: Refusal.self) {
            try Trimming(keptTurns: 1).plan(history("sauau"), fixedTokens: 3, limits: TrimLimits(tokens: 22))
        }
        #expect(error?.kind == .contextLength)
        #expect(error?.param == "messages")
        #expect(error?.message.contains("23 tokens") == true && error?.message.contains("22 are allowed") == true)
        let second = #expect(throws: Refusal.self) {
            try Trimming(keptTurns: 1).plan(history("sauau"), fixedTokens: 3, limits: TrimLimits(messages: 1))
        }
        #expect(second?.message.contains("2 messages") == true)
    }
}
