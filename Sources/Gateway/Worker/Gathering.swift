/// Questions that one worker has put to all workers, itself among them: the answers so far, until all are there.
struct Gathering<Piece> {
    private struct Question {
        var pieces: [Piece] = []
        let done: ([Piece]) -> Void
    }

    private var questions: [Int: Question] = [:]
    private var begun = 0

    /// Begins a question; gives its number. `done` is called once, with the answers of all.
    mutating func begin(_ done: @escaping ([Piece]) -> Void) -> Int {
        begun += 1
        questions[begun] = Question(done: done)
        return begun
    }

    /// Takes an answer; with the last of `count` gives what is to be done.
    mutating func add(_ piece: Piece, to number: Int, of count: Int) -> (() -> Void)? {
        questions[number]?.pieces.append(piece)
        guard let question = questions[number], question.pieces.count == count else { return nil }
        questions[number] = nil
        return { question.done(question.pieces) }
    }
}
