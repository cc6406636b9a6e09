import Testing

@testable import Policies

/// Words are found by how they begin, and told apart to their last byte.
struct VocabularyTests {
    private func place(of text: String, in words: [String]) -> Int? {
        TestTree("[\"\(text)\"]").word(1, in: Vocabulary(words))
    }

    @Test("every word is found in its place, and nothing that only resembles one", arguments: 0...20)
    func words(_ length: Int) {
        let text = String("abcdefghijklmnopqrstu".prefix(length))
        let words = ["zz", text, "model", text + "é", text]
        #expect(place(of: text, in: words) == 1, "the first of two that are the same")
        #expect(place(of: text + "é", in: words) == 3)
        #expect(place(of: text + "e", in: words) == nil && place(of: text + "z", in: words) == nil)
        #expect(place(of: "Z" + text.dropFirst(), in: words) == nil)
    }

    @Test("long words that begin alike and are equally long are told apart")
    func alike() {
        let words = ["same_beginning_long_1", "same_beginning_long_2", "same_beginning_long_3"]
        for (index, word) in words.enumerated() { #expect(place(of: word, in: words) == index) }
        #expect(place(of: "same_beginning_long_4", in: words) == nil)
    }

    @Test("what is no string is no word, and no list has none")
    func others() {
        #expect(TestTree("[1, null, {}]").word(1, in: [""]) == nil)
        #expect(TestTree("[1, null, {}]").word(3, in: []) == nil)
        #expect(place(of: "", in: []) == nil && place(of: "", in: [""]) == 0)
    }
}
