import Upstreams

/// Hears what replicas tell each other of tasks.
final class TaskBell: StreamFollower {
    private(set) var lastID = "0-0"
    private let look: () -> Void
    private let cancel: (_ id: String) -> Void

    init(look: @escaping () -> Void, cancel: @escaping (_ id: String) -> Void) {
        self.look = look
        self.cancel = cancel
    }

    func take(_ entries: RedisReply) {
        var mayWait = false
        for place in 0..<entries.count {
            entries.withElement(place) { entry in
                guard entry.count == 2, let id = entry.withElement(0, { $0.string }) else { return }
                lastID = id
                entry.withElement(1) { fields in
                    guard fields.count >= 2 else { return }
                    let value = fields.withElement(1) { $0.string } ?? ""
                    if fields.withElement(0, { $0.string }) == "cancel" { cancel(value) } else { mayWait = true }
                }
            }
        }
        if mayWait { look() }
    }

    func didFail() {}
}
