import Glibc
import Synchronization
import Upstreams

/// The file of the journal: read once, at the start, and from then on appended to.
///
/// Knows which of its bytes still matter. Compaction, at the start and when most of a large file is dead, copies the
/// others to a new file and puts that in the place of the old one: a crash leaves one or the other, each with all
/// records. Used by one thread at a time.
final class TaskJournalFile: Sendable {
    let path: String
    /// Bytes below which a file is not compacted while it is in use.
    private let worthwhile: Int
    private let state: Mutex<State>

    private struct State {
        var file: LockedFile
        var size = 0
        /// Bytes that nobody will ask for.
        var dead = 0
        /// By their tasks, in the order of the file.
        var places: [String: [Place]] = [:]
        /// A compaction that failed is tried again beyond this size.
        var leastSize = 0

        /// A line was appended.
        mutating func add(_ line: TaskJournalLine) {
            places[line.id, default: []].append(Place(kind: line.kind, offset: size, count: line.bytes.count))
            size += line.bytes.count
            if line.kind == .end { remove(line.id) { $0 == .plan || $0 == .begun } }
        }

        mutating func forget(_ id: String) {
            remove(id) { _ in true }
            places[id] = nil
        }

        private mutating func remove(_ id: String, _ isDead: (TaskJournalLine.Kind) -> Bool) {
            guard let all = places[id] else { return }
            dead += all.reduce(0) { $0 + (isDead($1.kind) ? $1.count : 0) }
            places[id] = all.filter { !isDead($0.kind) }
        }
    }

    private struct Place {
        let kind: TaskJournalLine.Kind
        let offset: Int
        let count: Int
    }

    /// What a file has: tasks that are over, by their ends, and those that are to be run (again), as they came.
    struct Contents {
        var finished: [(record: TaskRecord, end: TaskRecord.End)] = []
        var waiting: [TaskRecord] = []
    }

    /// How often a task is begun that each time ends with the process: it may be what ends it.
    private static let maxRuns = 3

    /// Opens or makes the file.
    ///
    /// Tasks that ended `retention` seconds ago are left out. Of those that had not ended, those that had not begun are
    /// to be run, with `reruns` also those that had; the others are ended by this restart. `now`: seconds since 1970.
    static func open(
        _ path: String, retention: Int, now: Int, reruns: Bool = false, worthwhile: Int = 1 << 20
    ) throws(TaskJournalError) -> (file: TaskJournalFile, contents: Contents) {
        try makeFolder(of: path)
        let old = try LockedFile(path, name: path)
        var contents = try read(old, now: now, reruns: reruns)
        contents.finished.removeAll { $0.end.updated + retention <= now }
        let new = TaskJournalFile(path, try LockedFile(path, name: newName(path)), worthwhile: worthwhile)
        for task in contents.finished {
            try new.write([
                TaskJournalLine(id: task.record.id, kind: .task, bytes: task.record.line),
                TaskJournalLine(id: task.record.id, kind: .end, bytes: TaskRecord.line(id: task.record.id, task.end)),
            ])
        }
        for record in contents.waiting { try new.write(record.allLines) }
        try new.sync()
        try replace(path)
        return (new, contents)
    }

    private init(_ path: String, _ file: LockedFile, worthwhile: Int) {
        self.path = path
        self.worthwhile = worthwhile
        state = Mutex(State(file: file))
    }

    private static func newName(_ path: String) -> String { path + ".new" }

    // MARK: Reading

    private static func read(
        _ file: LockedFile, now: Int, reruns: Bool
    ) throws(TaskJournalError) -> Contents {
        // A record may hold more than any request: one value for each member of each of its events.
        let parser = JSONParser(maxDepth: 1000, maxValues: (1 << 24) - 1)
        var taken: [String: (place: Int, record: TaskRecord)] = [:]
        var contents = Contents()
        try forEachLine(of: file) { line in
            switch TaskRecord.read(line, parser) {
            case .taken(let record): taken[record.id] = (taken[record.id]?.place ?? taken.count, record)
            case .planned(let id, let plan): taken[id]?.record.plan = plan
            case .begun(let id): taken[id]?.record.runs += 1
            case .ended(let id, let end):
                guard let record = taken[id]?.record else { break }
                taken[id]?.record.isOver = true
                contents.finished.append((record, end))
            case nil: break
            }
        }
        contents.finished.sort { $0.end.updated < $1.end.updated }
        for (_, record) in taken.values.sorted(by: { $0.place < $1.place }) where !record.isOver {
            if record.plan != nil, record.runs == 0 || reruns && record.runs < maxRuns {
                contents.waiting.append(record)
            } else {
                contents.finished.append((record, .interrupted(now: now, first: record.firstEvent)))
            }
        }
        return contents
    }

    private static func forEachLine(of file: LockedFile, _ body: (RawSpan) -> Void) throws(TaskJournalError) {
        var buffer = ByteBuffer()
        var (searched, offset) = (0, 0)
        while true {
            let count = try file.read(at: offset, room: 1 << 18, into: &buffer)
            guard count > 0 else { return }
            offset += count
            while let end = buffer.withBytes({ $0.firstOffset(of: UInt8(ascii: "\n"), in: searched..<$0.byteCount) }) {
                buffer.withBytes { body($0.extracting(0..<end)) }
                buffer.removeFirst(end + 1)
                searched = 0
            }
            searched = buffer.count
        }
    }

    // MARK: Writing

    /// Appends records: all of them, or none.
    func write(_ lines: [TaskJournalLine]) throws(TaskJournalError) {
        var buffer = ByteBuffer()
        for line in lines { buffer.append(line.bytes) }
        try state.withLock { state throws(TaskJournalError) in
            do throws(TaskJournalError) {
                try buffer.withBytes { (bytes) throws(TaskJournalError) in try state.file.append(bytes) }
            } catch {
                // What comes next must not follow half a line.
                state.file.cut(to: state.size)
                throw error
            }
            for line in lines { state.add(line) }
        }
    }

    /// Returns once all that was written is on the disk.
    func sync() throws(TaskJournalError) {
        try state.withLock { state throws(TaskJournalError) in try state.file.sync() }
    }

    /// Nobody will ask for these tasks any more.
    func forget(_ ids: [String]) {
        state.withLock { state in
            for id in ids { state.forget(id) }
        }
    }

    // MARK: Compaction

    /// Bytes of the file, and how many of them are dead.
    var figures: (size: Int, dead: Int) { state.withLock { ($0.size, $0.dead) } }

    /// Whether more than half of a file that is not small is dead.
    var isWorthCompacting: Bool {
        state.withLock { $0.size > max(worthwhile, $0.leastSize) && $0.dead * 2 > $0.size }
    }

    /// Leaves out what is dead.
    func compact() throws(TaskJournalError) {
        try state.withLock { state throws(TaskJournalError) in
            // Unless this one succeeds.
            state.leastSize = state.size * 2
            var next = State(file: try LockedFile(path, name: Self.newName(path)))
            let living = state.places.flatMap { id, places in places.map { (id: id, place: $0) } }
            for (id, place) in living.sorted(by: { $0.place.offset < $1.place.offset }) {
                try Self.copy(place, from: state.file, to: next.file)
                next.places[id, default: []].append(Place(kind: place.kind, offset: next.size, count: place.count))
                next.size += place.count
            }
            try next.file.sync()
            try Self.replace(path)
            state = next
        }
    }

    private static func copy(
        _ place: Place, from old: LockedFile, to new: LockedFile
    ) throws(TaskJournalError) {
        var buffer = ByteBuffer()
        var done = 0
        while done < place.count {
            let count = try old.read(at: place.offset + done, room: min(1 << 18, place.count - done), into: &buffer)
            guard count > 0 else { throw old.failure("read") }
            // The buffer may have had more room than it was asked for.
            let used = min(count, place.count - done)
            try buffer.withBytes { (bytes) throws(TaskJournalError) in try new.append(bytes.extracting(0..<used)) }
            buffer.removeAll()
            done += used
        }
    }

    /// Puts the new file in the place of the old one.
    private static func replace(_ path: String) throws(TaskJournalError) {
        guard unsafe rename(newName(path), path) == 0 else {
            throw TaskJournalError(path: path, action: "replace", code: errno)
        }
        try syncFolder(of: path)
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
