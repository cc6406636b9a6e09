/// Questions to all workers whose answers still come in, by their numbers.
struct Gatherings<Part> {
    private var open: [Int: (parts: [Part], done: ([Part]) -> Void)] = [:]
    private var begun = 0

    /// The number of a new question; `done` hears all answers.
    mutating func begin(_ done: @escaping ([Part]) -> Void) -> Int {
        begun += 1
        open[begun] = ([], done)
        return begun
    }

    /// Takes an answer. Once there are `count`, gives what is to be done; nil until then.
    mutating func take(_ part: Part, _ number: Int, of count: Int) -> (() -> Void)? {
        guard var question = open[number] else { return nil }
        question.parts.append(part)
        guard question.parts.count == count else {
            open[number] = question
            return nil
        }
        open[number] = nil
        return { question.done(question.parts) }
    }
}
