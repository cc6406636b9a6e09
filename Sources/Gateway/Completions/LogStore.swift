import Synchronization
import Upstreams

/// The logs of the process that others may find, by what was asked: answers that are being written and answers that are
/// kept. Bounded in bytes; whatever was used longest ago goes first.
///
/// Sharded by key, a lock per shard, taken per request and never per event. A lock of a shard may be held while a log's
/// own is taken, never the other way round.
final class LogStore: Sendable {
    /// What is there for a request. Whoever gets a log has joined it.
    enum Opening {
        /// A whole answer, `age` milliseconds old.
        case finished(SharedLog, age: Int)
        /// An answer that is being written.
        case live(SharedLog)
        /// Nothing: this log, to be written by whoever asked.
        case new(SharedLog)
        /// Nothing that may be shared, and no room for a further log.
        case none
    }

    /// What a request accepts.
    struct Question {
        let terms: CacheTerms
        /// Whether an answer that is still being written will do.
        var joinsLive: Bool
        /// The oldest answer that will do, in milliseconds; 0: none that is kept.
        var maxAge: Int
        /// Whether a new log is to be made where nothing fits.
        var makesNew = true
        /// Whether a new log takes the place of one that is being written; who reads that one reads on.
        var replacesLive = false

        /// Whether what is there will do.
        func accepts(_ entry: Entry) -> Bool {
            switch entry {
            case .live: joinsLive
            case .ended(let end, let age): end.isCompleted && age <= maxAge
            }
        }
    }

    /// What is there under a key.
    enum Entry {
        /// An answer that is being written.
        case live
        /// One that ended so, `age` milliseconds ago.
        case ended(CompletionEnd, age: Int)
    }

    let memory = StoreMemory()
    private let maxBytes: Atomic<Int>
    private let shards: [Shard]
    private let evictions = Atomic<Int>(0)

    /// Counts uses, so that those of different shards can be compared.
    private let uses = Atomic<Int>(0)

    private struct Kept {
        let log: SharedLog
        /// The number of its last use.
        let use: Int
    }

    private final class Shard: Sendable {
        let table = Mutex(RecencyTable<Digest, Kept>())
    }

    init(maxBytes: Int, shards: Int = 16) {
        self.maxBytes = Atomic(maxBytes)
        self.shards = (0..<shards).map { _ in Shard() }
    }

    /// Whether a further log may be kept.
    var hasRoom: Bool { memory.bytes <= maxBytes.load(ordering: .relaxed) }

    /// Bytes of all logs together; a smaller number takes effect as logs are added.
    func resize(_ bytes: Int) { maxBytes.store(bytes, ordering: .relaxed) }

    private func shard(_ key: Digest) -> Shard { shards[key.shard(of: shards.count)] }

    // MARK: Finding

    /// Finds a log for a request, or has one made. One step: of many who ask at once, one gets `new`.
    func open(
        _ question: Question, desk: Mailbox<LogNotice>, now: MonotonicTime, make: () -> SharedLog
    ) -> Opening {
        makeRoom()
        let hasRoom = hasRoom
        return shard(question.terms.key).table.withLock { table in
            let key = question.terms.key
            if let known = table[key]?.log {
                switch known.ending(now: now) {
                case (let end, let age)? where end.isCompleted && age <= question.maxAge:
                    guard known.join(at: 0, desk) else { break }
                    table.insert(used(known), for: key)
                    return .finished(known, age: age)
                case nil where question.joinsLive:
                    guard known.join(at: 0, desk) else { break }
                    return .live(known)
                case nil where !question.replacesLive:
                    // Somebody else's answer stays in its place.
                    return .none
                default:
                    break
                }
            }
            guard question.makesNew, hasRoom else { return .none }
            let log = make()
            precondition(log.join(at: 0, desk), "a new log that nobody may join")
            table.insert(used(log), for: key)
            return .new(log)
        }
    }

    /// Finds the log of this id, or has one made and puts it in the place of what is there. The caller has joined what
    /// it gets.
    func put(
        _ id: LogID, _ terms: CacheTerms, desk: Mailbox<LogNotice>, make: () -> SharedLog
    ) -> (log: SharedLog, isNew: Bool) {
        makeRoom()
        return shard(terms.key).table.withLock { table in
            if let known = table[terms.key]?.log, known.id == id, known.join(at: 0, desk) {
                table.insert(used(known), for: terms.key)
                return (known, false)
            }
            let log = make()
            precondition(log.join(at: 0, desk), "a new log that nobody may join")
            table.insert(used(log), for: terms.key)
            return (log, true)
        }
    }

    /// Looks without joining or using; nil: nothing is there.
    func look(_ key: Digest, now: MonotonicTime) -> Entry? {
        shard(key).table.withLock { $0[key]?.log }.map { log in
            log.ending(now: now).map { .ended($0.end, age: $0.age) } ?? .live
        }
    }

    // MARK: Ending

    /// A log has its terminal record: it stays if it is whole, good and small enough.
    func ended(_ log: SharedLog, _ end: CompletionEnd, now: MonotonicTime) {
        guard let terms = log.terms else { return }
        let isKept = end.isCompleted && terms.timeToLive > 0 && log.isWhole && log.cost <= terms.maxBytes
        if !isKept { remove(log) }
        makeRoom()
    }

    /// Nobody finds the log any more; its readers keep it.
    func remove(_ log: SharedLog) {
        guard let key = log.terms?.key else { return }
        shard(key).table.withLock { table in
            if table[key]?.log === log { table.remove(key) }
        }
    }

    /// Forgets all logs that fit. Returns how many there were.
    func purge(_ fits: (CacheTerms) -> Bool) -> Int {
        shards.reduce(0) { count, shard in
            shard.table.withLock { table in
                let doomed = table.entries.filter { $0.value.log.terms.map(fits) ?? false }.map(\.key)
                for key in doomed { table.remove(key) }
                return count + doomed.count
            }
        }
    }

    // MARK: Room

    private func used(_ log: SharedLog) -> Kept {
        Kept(log: log, use: uses.add(1, ordering: .relaxed).newValue)
    }

    /// Lets go of the logs that were used longest ago until the rest fits. Logs that are being written stay.
    private func makeRoom() {
        while !hasRoom, let shard = leastRecentShard() {
            shard.table.withLock { table in
                guard let oldest = table.leastRecent, oldest.value.log.isEnded else { return }
                table.remove(oldest.key)
                evictions.add(1, ordering: .relaxed)
            }
        }
    }

    /// The shard with the log that was used longest ago, of those that may go; nil: none may.
    private func leastRecentShard() -> Shard? {
        var found: (shard: Shard, use: Int)?
        for shard in shards {
            guard let use = shard.table.withLock({ leastRecentUse(&$0) }) else { continue }
            if use < found?.use ?? .max { found = (shard, use) }
        }
        return found?.shard
    }

    /// When the oldest log of a table was used that may go. Logs before it, which are being written, count as used now.
    private func leastRecentUse(_ table: inout RecencyTable<Digest, Kept>) -> Int? {
        for _ in 0..<table.count {
            guard let oldest = table.leastRecent else { return nil }
            if oldest.value.log.isEnded { return oldest.value.use }
            table.insert(used(oldest.value.log), for: oldest.key)
        }
        return nil
    }

    var figures: StoreFigures {
        let logs = shards.reduce(0) { count, shard in count + shard.table.withLock { $0.count } }
        return StoreFigures(logs: logs, bytes: memory.bytes, evictions: evictions.load(ordering: .relaxed))
    }
}
