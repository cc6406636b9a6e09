import Upstreams

/// Guard policies that act together, in their order.
///
/// Immutable, and shared by all requests that the same policies are for.
package final class GuardSet: Sendable, ExpressibleByArrayLiteral {
    /// Those that look at requests by themselves.
    let ofRequests: [GuardPolicy]
    /// Those that look at answers.
    let ofAnswers: [GuardPolicy]
    private let glance: Glance

    package convenience init(_ policies: [GuardPolicy]) { self.init(policies, Glance(policies)) }

    package convenience init(arrayLiteral policies: GuardPolicy...) { self.init(policies) }

    private init(_ policies: [GuardPolicy], _ glance: Glance) {
        ofRequests = policies.filter(\.looksAtRequests)
        ofAnswers = policies.filter(\.settings.actsOnAnswers)
        self.glance = glance
    }

    /// Some of these policies, which say nothing where all say nothing.
    func part(_ policies: [GuardPolicy]) -> GuardSet { GuardSet(policies, glance) }

    /// False: no string in this part of a request holds anything that a policy is about.
    func mayFind(in value: JSONValue, _ search: inout JSONTextSearch) -> Bool {
        guard let needles = glance.ofRequests else {
            // Expressions may ask for a text's begin, its end, or the edge of a word.
            return search.finds(in: value, shortest: glance.shortest, anywhere: false) { text in
                ofRequests.contains { $0.rules.mayFind(in: text) }
            }
        }
        return search.finds(in: value, shortest: glance.shortest, anywhere: true) { needles.mayOccur(in: $0) }
    }

    /// False: the whole answer with this JSON text passes as it is.
    func mayConcern(answer payload: RawSpan) -> Bool {
        payload.byteCount > glance.maxAnswerBytes || glance.ofAnswers?.mayOccur(in: payload) ?? true
    }
}

/// What tells that none of several policies has anything to say, in one look for all of them.
private struct Glance: Sendable {
    /// Every match in a text of a request holds one of these; nil: some rule has none.
    let ofRequests: Needles?
    /// Bytes of the shortest text of a request that may have a match.
    let shortest: Int
    /// Every match in the JSON text of an answer holds one of these, and so does every escape; nil: some rule has none.
    let ofAnswers: Needles?
    /// A longer answer may be too long for a policy.
    let maxAnswerBytes: Int

    init(_ policies: [GuardPolicy]) {
        let ofRequests = policies.filter(\.looksAtRequests)
        self.ofRequests = Self.needles(ofRequests)
        shortest = ofRequests.map(\.rules.shortest).min() ?? 0
        let ofAnswers = policies.filter(\.settings.actsOnAnswers)
        self.ofAnswers = Self.needles(ofAnswers, or: UInt8(ascii: "\\"))
        maxAnswerBytes = ofAnswers.compactMap(\.settings.maxAnswerChars).min() ?? .max
    }

    private static func needles(_ policies: [GuardPolicy], or byte: UInt8? = nil) -> Needles? {
        let withRules = policies.filter { !$0.rules.isEmpty }
        let needles = withRules.compactMap(\.rules.needles)
        guard needles.count == withRules.count else { return nil }
        return Needles(uniting: needles, and: byte.map { [[ByteClass($0)]] } ?? [])
    }
}
