/// One record on its way into the journal: a whole line, with its line end.
struct TaskJournalLine: Sendable {
    enum Kind: Sendable {
        /// The task was taken.
        case task
        /// How it is made; of no use once it is over.
        case plan
        /// It was begun; of no use once it is over.
        case begun
        /// It is over.
        case end
    }

    /// The task's.
    let id: String
    let kind: Kind
    let bytes: [UInt8]
}
