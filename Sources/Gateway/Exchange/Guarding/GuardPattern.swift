package import Policies

/// What a guard looks for: an expression in its compiled form and as a tree.
package struct GuardPattern: Sendable {
    /// Why an expression cannot serve, in words for the operator.
    package struct Failure: Error, Hashable, Sendable {
        package let reason: String
    }

    /// As an operator reads it: the expression, or the words.
    package let text: String
    package let expression: RegularExpression
    package let node: PatternNode
    package let check: GuardCheck

    package init(_ text: String, check: GuardCheck = .none) throws(Failure) {
        self.text = text
        do {
            expression = try RegularExpression(text)
        } catch {
            throw Failure(reason: "RE2 does not take it: \(error.reason)")
        }
        do {
            node = try PatternParser.parse(text)
        } catch {
            throw Failure(reason: error == .matchesBytes ? "\\C would cut characters" : "its syntax is not known")
        }
        guard !node.matchesEmptyText else {
            throw Failure(reason: "it matches the empty text, and so would be found everywhere")
        }
        self.check = check
    }

    /// Any of these words, in any case, each as a whole word.
    package init(words: [String]) throws(Failure) {
        let words = words.filter { !$0.isEmpty }
        guard !words.isEmpty else { throw Failure(reason: "there are no words") }
        text = words.joined(separator: ", ")
        // Whether the word is whole depends on what follows.
        node = .sequence([PatternParser.anyOf(words, ignoringCase: true), .assertion("(?:)")])
        check = .wholeWord
        do {
            expression = try RegularExpression(node.source)
        } catch {
            throw Failure(reason: "RE2 does not take it: \(error.reason)")
        }
    }
}
