import Testing

@testable import Policies

/// Bodies made to hurt: deep, wide, and many of everything.
struct ValidationBombsTests {
    /// Counts the questions that a tree is asked, so that cost is measured without a clock.
    private final class CountingTree: JSONTree {
        let tree: TestTree
        private(set) var questions = 0

        init(_ json: String) { tree = TestTree(json) }

        private func counted<T>(_ answer: T) -> T {
            questions += 1
            return answer
        }

        func facts(at index: Int) -> (kind: JSONKind, size: Int, end: Int) { counted(tree.facts(at: index)) }
        func textStart(at index: Int) -> (count: Int, first: UInt64, second: UInt64) {
            counted(tree.textStart(at: index))
        }
        func integer(_ node: Int) -> Int? { counted(tree.integer(node)) }
        func number(_ node: Int) -> Double? { counted(tree.number(node)) }
        func bool(_ node: Int) -> Bool? { counted(tree.bool(node)) }
        func withText(of node: Int, _ body: (Span<UInt8>) -> Void) { counted(tree.withText(of: node, body)) }
    }

    /// How often the tree is asked for a bomb of that size.
    private func cost(_ bomb: (Int) -> String, _ size: Int, _ endpoint: ValidationEndpoint) -> Int {
        let tree = CountingTree(bomb(size))
        _ = RequestValidator(ValidationSettings()).mistakes(tree, endpoint: endpoint, most: 1)
        return tree.questions
    }

    private static func repeated(_ text: String, _ count: Int, separator: String = ",") -> String {
        Array(repeating: text, count: count).joined(separator: separator)
    }

    private static func nested(_ opening: String, _ closing: String, _ count: Int) -> String {
        String(repeating: opening, count: count) + "{}" + String(repeating: closing, count: count)
    }

    private static let bombs: [(name: String, endpoint: ValidationEndpoint, body: @Sendable (Int) -> String)] = [
        (
            "messages", .chat,
            { Verdict.messages(repeated(#"{"role": "user", "content": "x"}"#, $0)) }
        ),
        (
            "parts", .chat,
            { Verdict.messages(#"{"role": "user", "content": [\#(repeated(#"{"type": "text", "text": "x"}"#, $0))]}"#) }
        ),
        ("members", .chat, { Verdict.chat((0..<$0).map { #""x\#($0)": 1"# }.joined(separator: ",")) }),
        (
            "members of a message", .chat,
            {
                let members = (0..<$0).map { #""x\#($0)": 1, "# }.joined()
                return Verdict.messages(#"{\#(members)"role": "user", "content": "x"}"#)
            }
        ),
        (
            "deep schemas", .chat,
            {
                let schema = nested(#"{"items": "#, "}", $0)
                return Verdict.chat(
                    #""tools": [{"type": "function", "function": {"name": "f", "parameters": \#(schema)}}]"#)
            }
        ),
        ("deep unknown values", .chat, { Verdict.chat(#""x": \#(nested("[", "]", $0))"#) }),
        (
            "answered calls", .chat,
            {
                let call = #"{"id": "c", "type": "function", "function": {"name": "f", "arguments": ""}}"#
                let turn =
                    #"{"role": "assistant", "tool_calls": [\#(call)]}, {"role": "tool", "tool_call_id": "c", "content": ""}"#
                return Verdict.messages(repeated(turn, $0))
            }
        ),
        (
            "tools", .chat,
            { Verdict.chat(#""tools": [\#(repeated(#"{"type": "function", "function": {"name": "f"}}"#, $0))]"#) }
        ),
        (
            "outputs and members of a response", .responses,
            { count in
                let members = (0..<count).map { #", "x\#($0)": 1"# }.joined()
                let outputs = repeated(#"{"type": "function_call_output", "call_id": "c", "output": ""}"#, count)
                return #"{"model": "m", "input": [\#(outputs)]\#(members), "previous_response_id": "r"}"#
            }
        ),
        ("tokens", .embeddings, { #"{"model": "m", "input": [\#(repeated("1", $0))]}"# }),
    ]

    @Test("cost grows with the size of the body, not faster", arguments: 0..<bombs.count)
    func linear(_ place: Int) {
        let bomb = Self.bombs[place]
        let small = cost(bomb.body, 300, bomb.endpoint)
        let large = cost(bomb.body, 3000, bomb.endpoint)
        #expect(large <= small * 11, "\(bomb.name): \(small), \(large)")
    }

    @Test("a hundred thousand levels are read without a stack of them")
    func deep() {
        let schema = Self.nested(#"{"not": "#, "}", 100_000)
        let tool = #"{"type": "function", "function": {"name": "f", "parameters": \#(schema)}}"#
        #expect(Verdict.of(Verdict.chat(#""tools": [\#(tool)]"#)) == "ok")
        #expect(Verdict.of(Verdict.chat(#""x": \#(Self.nested("[", "]", 100_000))"#)) == "ok")
        #expect(Verdict.of(Verdict.chat(#""stop": \#(Self.nested("[", "]", 100_000))"#)) == "invalid_type stop[0]")
    }
}
