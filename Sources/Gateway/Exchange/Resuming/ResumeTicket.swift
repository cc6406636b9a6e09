import Policies
import Synchronization

/// One client's right to come back to a stream: keeps the stream's log alive, whether it is read or not.
///
/// States: read by some connections of the client → left, for the grace period → read again, or given up.
final class ResumeTicket: Sendable {
    /// Names the stream; told to the client as `x-stream-id`.
    let id: LogID
    let log: SharedLog
    /// What policies knew of the request: who may come back, and what guards the answer.
    let facts: RequestFacts
    let form: AnswerForm
    private let state: Mutex<(readers: Int, departures: Int)>

    /// For a log that has been joined in the ticket's name.
    init(id: LogID = .random(), _ log: SharedLog, _ facts: RequestFacts, _ form: AnswerForm, readers: Int = 1) {
        self.id = id
        state = Mutex((readers, 0))
        self.log = log
        self.facts = facts
        self.form = form
    }

    /// Whether the client of a stream wants to be able to come back (API page, "Resuming").
    static func isWanted(_ head: RequestHead) -> Bool { head.value(of: "x-stream-resume") == "true" }

    /// Whether this caller is the one who asked for the stream: the same user, or the same key where keys have no user.
    func isOwned(by identity: Identity) -> Bool { facts.identity.owns(streamsOf: identity) }

    func enter() { state.withLock { $0.readers += 1 } }

    /// A reader has left. The number of this departure, if nobody reads now.
    func leave() -> Int? {
        state.withLock { state in
            state.readers -= 1
            state.departures += 1
            return state.readers == 0 ? state.departures : nil
        }
    }

    /// Whether nobody has come since that departure.
    func isForsaken(since departure: Int) -> Bool {
        state.withLock { $0.readers == 0 && $0.departures == departure }
    }
}

extension Identity {
    /// Whether what one of these callers asked for is the other's, too.
    func owns(streamsOf identity: Identity) -> Bool {
        let owner = self
        guard owner.user == identity.user else { return false }
        return owner.user != nil || owner.keyID == identity.keyID
    }
}
