import Policies

/// A request whose limits are asked in Redis, as long as it takes.
final class LimitAsking {
    let request: LimitRequest
    let terms: [LimitTerm]
    /// Of the grant that may come of it.
    let id: Int
    let wait: LimitWait
    /// The line that it stands in: its counter; nil: none.
    var line: String?
    /// Of the command that asked last and whose effect is not known; nil: there is none.
    var number: Int?
    /// In the line; 0 goes first.
    var priority = 0

    init(_ request: LimitRequest, _ terms: [LimitTerm], id: Int, _ wait: LimitWait) {
        self.request = request
        self.terms = terms
        self.id = id
        self.wait = wait
    }
}
