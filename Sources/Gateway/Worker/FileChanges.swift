/// Tells from looks at files whether they have changed for good. Knows no clock: who looks waits between two looks.
struct FileChanges {
    enum Finding {
        /// All is as it was when the files were last read.
        case unchanged
        /// Something is different, and was not at the last look: it may be changing still.
        case unsettled
        /// Something is different, and has stayed so since the last look.
        case changed
    }

    /// As the files were when they were last read.
    private let known: [String: FileStamp]
    /// As they were at the last look, if that was different.
    private var pending: [String: FileStamp]?

    init(_ known: [String: FileStamp]) { self.known = known }

    var paths: some Sequence<String> { known.keys }

    mutating func compare(_ stamps: [String: FileStamp]) -> Finding {
        guard stamps != known else {
            pending = nil
            return .unchanged
        }
        guard stamps == pending else {
            pending = stamps
            return .unsettled
        }
        return .changed
    }
}
