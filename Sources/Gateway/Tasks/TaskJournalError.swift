/// Why the journal of tasks cannot be used.
struct TaskJournalError: Error, CustomStringConvertible {
    let path: String
    /// What was tried.
    let action: String
    /// errno
    let code: Int32

    var description: String {
        "cannot \(action) the journal of tasks \(path.quoted): \(FileAccess.reason(code))"
    }
}
