import Glibc
import Testing
import Upstreams

@testable import Gateway

@Suite("the journal's file")
struct TaskJournalFileTests {
    private let path = "/tmp/sluice-journal-\(UUIDv4.make())/tasks.journal"
    private let owner = TaskOwner(user: "tess", team: nil, keyID: nil)

    private func lines(_ id: String, plan: String? = nil) -> [TaskJournalLine] {
        var record = TaskRecord(id: id, model: "m", owner: owner, isLink: false, created: 1)
        record.plan = plan.map { TaskPlan(order: Array("{\"a\":1}".utf8), body: Array($0.utf8)) }
        return record.allLines
    }

    private func end(_ id: String, _ text: String, at time: Int = 10) -> TaskJournalLine {
        let event = Array("{\"event\":\"completed\",\"data\":\"\(text)\"}".utf8)
        let end = TaskRecord.End(
            status: .completed, updated: time, progress: TaskProgress(), failure: nil,
            events: EventBatch(
                firstOffset: 0, entries: [EventBatch.Entry(end: event.count, kind: .progress)], payloads: event))
        return TaskJournalLine(id: id, kind: .end, bytes: TaskRecord.line(id: id, end))
    }

    /// Opens the file, works with it, and lets go of it. What it had at first.
    @discardableResult
    private func session(
        reruns: Bool = false, _ body: (TaskJournalFile) throws -> Void = { _ in }
    ) throws -> TaskJournalFile.Contents {
        let (file, contents) = try TaskJournalFile.open(
            path, retention: 100, now: 20, reruns: reruns, worthwhile: 0)
        try body(file)
        return contents
    }

    private func removeAll() {
        unsafe unlink(path)
        unsafe unlink(path + ".new")
        unsafe rmdir(String(path.prefix { $0 != "." }.dropLast("tasks".count)))
    }

    @Test("what waited is run, what had begun is failed, or run again at most twice more")
    func unfinished() throws {
        defer { removeAll() }
        try session { file in
            try file.write(lines("waits", plan: "{\n}") + lines("runs", plan: "{}") + [TaskRecord.begun("runs")])
            try file.write(lines("has no plan"))
        }
        var contents = try session(reruns: true) { try $0.write([TaskRecord.begun("runs"), TaskRecord.begun("runs")]) }
        #expect(contents.waiting.map(\.id) == ["waits", "runs"])
        #expect(contents.waiting[0].plan == TaskPlan(order: Array("{\"a\":1}".utf8), body: Array("{\n}".utf8)))
        #expect(contents.finished.map(\.record.id) == ["has no plan"])
        contents = try session(reruns: true)
        #expect(contents.waiting.map(\.id) == ["waits"])
        #expect(contents.finished.map(\.record.id).sorted() == ["has no plan", "runs"])
        #expect(contents.finished.allSatisfy { $0.end.failure == .interrupted })
    }

    @Test("a plan is dead once its task is over, and a task once nobody will ask for it")
    func dead() throws {
        defer { removeAll() }
        try session { file in
            try file.write(lines("1", plan: "{\"long\":\"\(String(repeating: "x", count: 1000))\"}"))
            #expect(file.figures.dead == 0 && !file.isWorthCompacting)
            try file.write([end("1", "a")])
            #expect(file.figures.dead > 1000 && file.isWorthCompacting)
            file.forget(["1", "unknown"])
            #expect(file.figures.dead == file.figures.size)
        }
    }

    @Test("compaction keeps what lives, byte for byte, and later records come behind it")
    func compaction() throws {
        defer { removeAll() }
        try session { file in
            for number in 0..<20 {
                try file.write(lines("\(number)", plan: "{}"))
                if number != 7 { try file.write([end("\(number)", "text \(number)", at: 10 + number)]) }
            }
            file.forget((0..<20).filter { $0 % 5 != 2 }.map { "\($0)" })
            let before = file.figures
            try file.compact()
            #expect(file.figures.size == before.size - before.dead && file.figures.dead == 0)
            try file.write([end("7", "late", at: 50)])
            try file.write(lines("20", plan: "{}"))
        }
        let contents = try session()
        #expect(contents.finished.map(\.record.id) == ["2", "12", "17", "7"])
        #expect(contents.waiting.map(\.id) == ["20"])
        var texts: [String] = []
        for task in contents.finished { task.end.events.forEach(from: 0) { event, _ in texts.append(event.text) } }
        #expect(texts.last == #"{"event":"completed","data":"late"}"# && texts[0].contains("text 2"))
    }

    @Test("a compaction that a crash has cut leaves the old file, with all records")
    func crash() throws {
        defer { removeAll() }
        try session { try $0.write(lines("1") + [end("1", "a")]) }
        // What a crash before the rename leaves: a new file with a part of the records, and no lock.
        do {
            let half = try LockedFile(path, name: path + ".new")
            try ByteBuffer(lines("1")[0].bytes).withBytes { try half.append($0.extracting(0..<10)) }
        }
        #expect(try session().finished.map(\.record.id) == ["1"])
    }
}
