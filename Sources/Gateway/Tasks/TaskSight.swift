import Upstreams

/// One task as it is seen from anywhere at one moment.
struct TaskSight: Sendable {
    /// A UUID in lower case.
    let id: String
    let model: String
    let owner: TaskOwner
    /// The client was given a link in the place of an answer.
    let isLink: Bool
    /// Seconds since 1970.
    let created: Int
    var status = TaskStatus.queued
    var updated: Int
    var progress = TaskProgress()
    var failure: TaskFailure?
    /// The offset of its last event, once it is over.
    var lastEvent = -1
    /// The offset of the first event that counts: those before it are of a run that was lost.
    var firstEvent = 0
    /// The offset of the oldest event that is kept.
    var oldestEvent = 0

    /// One that was just taken.
    init(id: String, model: String, owner: TaskOwner, isLink: Bool, created: Int) {
        self.id = id
        self.model = model
        self.owner = owner
        self.isLink = isLink
        self.created = created
        updated = created
    }
}

extension TaskSight {
    init(_ entry: TaskEntry) {
        let snapshot = entry.snapshot
        self.init(
            id: entry.id, model: entry.model, owner: entry.owner, isLink: entry.isLink, created: entry.created)
        status = snapshot.status
        updated = snapshot.updated
        progress = snapshot.progress
        failure = snapshot.failure
        lastEvent = snapshot.lastEvent
        firstEvent = entry.firstEvent
    }
}

extension TaskSight {
    /// The members that tell how it stands, to clients as to operators.
    func writeStanding(to writer: inout JSONWriter) {
        writer.member("created", created)
        writer.member("updated", updated)
        writer.object("progress") { progress.write(to: &$0) }
        if let failure {
            writer.object("error") { failure.write(to: &$0) }
        } else {
            writer.member("error", String?.none)
        }
    }
}
