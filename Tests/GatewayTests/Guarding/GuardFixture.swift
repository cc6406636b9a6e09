import Policies
import Upstreams

@testable import Gateway

/// Guards made of a few words of configuration, and ways to send texts through them.
enum GuardFixture {
    /// A policy of these members of a `guard` entry.
    static func policy(_ members: String, isShadow: Bool = false) throws -> GuardPolicy {
        let text = ConfigFixture.root(["policies": #"[{ "kind": "guard", \#(members) }]"#])
        let configuration = try ConfigFixture.load(text)
        guard case .guard(let settings) = configuration.policies[0].kind else { preconditionFailure("another kind") }
        return GuardPolicy(name: "guard", isShadow: isShadow, settings: settings)
    }

    static func rules(_ redact: [(pattern: String, with: String)], bound: Int = 512) throws -> GuardRules {
        let rules = try redact.map { GuardRule(try GuardPattern($0.pattern), .redact(with: $0.with)) }
        return try GuardRules(rules, bound: bound)
    }

    /// The whole text at once.
    static func apply(_ rules: GuardRules, _ text: String) throws -> String {
        let result = unsafe try rules.apply(to: Array(text.utf8).span.bytes)
        return String(decoding: result.text, as: UTF8.self)
    }

    /// The text in pieces; what came out after each.
    static func stream(_ rules: GuardRules, _ pieces: [String]) throws -> [String] {
        var stream = rules.makeStream()
        var outputs: [String] = []
        for (index, piece) in pieces.enumerated() {
            var output: [UInt8] = []
            unsafe try stream.feed(
                Array(piece.utf8).span.bytes, isLast: index == pieces.count - 1, into: &output)
            guard let text = String(validating: output, as: UTF8.self) else { throw CutCharacter() }
            outputs.append(text)
        }
        return outputs
    }

    /// A character was split.
    struct CutCharacter: Error {}

    /// What the rules say, by the plainest means: at every character, every rule in turn, no further than `bound`.
    static func reference(_ redact: [(pattern: String, with: String)], _ text: String, bound: Int) throws -> String {
        let expressions = try redact.map { try RegularExpression($0.pattern) }
        let bytes = Array(text.utf8)
        var output: [UInt8] = []
        var position = 0
        next: while position < bytes.count {
            let limit = min(bytes.count, position + bound)
            for (rule, expression) in expressions.enumerated() where bytes[position] & 0xC0 != 0x80 {
                let end = unsafe expression.matchEnd(from: position, in: bytes.span.bytes, limit: limit)
                guard let end, end > position else { continue }
                output += Array(redact[rule].with.utf8)
                position = end
                continue next
            }
            output.append(bytes[position])
            position += 1
        }
        return String(decoding: output, as: UTF8.self)
    }

    static func parse(_ text: String) throws -> JSONDocument {
        unsafe try JSONParser().parse(Array(text.utf8).span.bytes)
    }

    /// Sends events through an answer's guard; what came out, and the refusal if there was one.
    static func answer(_ policies: [GuardPolicy], _ events: [String]) -> (events: [String], refusal: Refusal?) {
        guard let answer = AnswerGuard(GuardSet(policies), parser: JSONParser()) else { return (events, nil) }
        var sent: [String] = []
        let send = { (payload: RawSpan) in sent.append(String(decoding: payload.copy(), as: UTF8.self)) }
        do {
            for event in events { unsafe try answer.event(Array(event.utf8).span.bytes, send) }
            try answer.finish(send)
            return (sent, nil)
        } catch {
            return (sent, error)
        }
    }
}
