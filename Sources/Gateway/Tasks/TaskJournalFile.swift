import Glibc
import Upstreams

/// The file of the journal: read and compacted once, at the start, and from then on appended to.
///
/// Owns its descriptor, with a lock on it, so that no two processes write one journal. Compaction writes a new file and
/// puts it in the place of the old one: a crash leaves one or the other.
final class TaskJournalFile: Sendable {
    let path: String
    private let descriptor: Int32

    /// A task that is over, as the file has it.
    typealias Kept = (record: TaskRecord, end: TaskRecord.End)

    /// Opens or makes the file. Gives the tasks that are over and not older than `retention` seconds, in the order of
    /// their ends; those that had not ended are ended by this restart. `now`: seconds since 1970.
    static func open(
        _ path: String, retention: Int, now: Int
    ) throws(TaskJournalError) -> (file: TaskJournalFile, tasks: [Kept]) {
        try makeFolder(of: path)
        let old = try TaskJournalFile(path, creating: path)
        let tasks = try old.read(now: now).filter { $0.end.updated + retention > now }
        let new = try TaskJournalFile(path, creating: path + ".new")
        for task in tasks {
            try new.write(task.record.line)
            try new.write(TaskRecord.line(id: task.record.id, task.end))
        }
        try new.sync()
        guard unsafe rename(path + ".new", path) == 0 else { throw new.failure("replace") }
        try syncFolder(of: path)
        return (new, tasks)
    }

    private init(_ path: String, creating name: String) throws(TaskJournalError) {
        self.path = path
        descriptor = unsafe Glibc.open(name, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw TaskJournalError(path: path, action: "open", code: errno) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw TaskJournalError(path: path, action: "lock", code: errno)
        }
        guard name == path || ftruncate(descriptor, 0) == 0 else { throw failure("empty") }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    private func failure(_ action: String) -> TaskJournalError {
        TaskJournalError(path: path, action: action, code: errno)
    }

    // MARK: Reading

    private func read(now: Int) throws(TaskJournalError) -> [Kept] {
        // A record may hold more than any request: one value for each member of each of its events.
        let parser = JSONParser(maxDepth: 1000, maxValues: (1 << 24) - 1)
        var taken: [String: TaskRecord] = [:]
        var ends: [Kept] = []
        try forEachLine { line in
            switch TaskRecord.read(line, parser) {
            case .taken(let record): taken[record.id] = record
            case .ended(let id, let end):
                if let record = taken.removeValue(forKey: id) { ends.append((record, end)) }
            case nil: break
            }
        }
        let interrupted = taken.values.sorted { ($0.created, $0.id) < ($1.created, $1.id) }
        return ends.sorted { $0.end.updated < $1.end.updated }
            + interrupted.map { ($0, TaskRecord.End.interrupted(now: now)) }
    }

    private func forEachLine(_ body: (RawSpan) -> Void) throws(TaskJournalError) {
        var buffer = ByteBuffer()
        var searched = 0
        while true {
            var code: Int32 = 0
            let count = unsafe buffer.fill(room: 1 << 18) { room in
                let count = unsafe Glibc.read(descriptor, room.baseAddress, room.count)
                if count < 0 { code = errno }
                return count
            }
            if code == EINTR { continue }
            guard count >= 0 else { throw TaskJournalError(path: path, action: "read", code: code) }
            guard count > 0 else { return }
            while let end = buffer.withBytes({ $0.firstOffset(of: UInt8(ascii: "\n"), in: searched..<$0.byteCount) }) {
                buffer.withBytes { body($0.extracting(0..<end)) }
                buffer.removeFirst(end + 1)
                searched = 0
            }
            searched = buffer.count
        }
    }

    // MARK: Writing

    /// Appends whole lines.
    func write(_ bytes: [UInt8]) throws(TaskJournalError) {
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { all in
                unsafe Glibc.write(descriptor, all.baseAddress.map { unsafe $0 + done }, all.count - done)
            }
            if count > 0 { done += count } else if errno != EINTR { throw failure("write") }
        }
    }

    /// Returns once all that was written is on the disk.
    func sync() throws(TaskJournalError) {
        guard fdatasync(descriptor) == 0 else { throw failure("sync") }
    }

    // MARK: The folder

    private static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    }

    private static func makeFolder(of path: String) throws(TaskJournalError) {
        guard unsafe mkdir(folder(of: path), 0o700) == 0 || errno == EEXIST else {
            throw TaskJournalError(path: path, action: "make a folder for", code: errno)
        }
    }

    /// The new name of the file is on the disk as well.
    private static func syncFolder(of path: String) throws(TaskJournalError) {
        let descriptor = unsafe Glibc.open(folder(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw TaskJournalError(path: path, action: "sync", code: errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw TaskJournalError(path: path, action: "sync", code: errno) }
    }
}
