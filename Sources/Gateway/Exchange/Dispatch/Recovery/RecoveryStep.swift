/// One way to mend a stream that broke off in the middle.
struct RecoveryStep {
    enum Way {
        /// Have the answer made again, and go on after what it has in common with what clients have.
        case splice
        /// Give the text so far to a model that can take it up.
        case `continue`
    }

    let way: Way
    let candidate: Candidate
}
