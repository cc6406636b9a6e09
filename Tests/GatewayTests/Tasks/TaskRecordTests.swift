import Testing
import Upstreams

@testable import Gateway

struct TaskRecordTests {
    private let parser = JSONParser()

    private func read(_ line: [UInt8]) -> TaskRecord.Line? {
        ByteBuffer(line).withBytes { TaskRecord.read($0, parser) }
    }

    @Test("a task is read as it was written")
    func taken() throws {
        let owner = TaskOwner(user: "a \"b\"\n", team: nil, keyID: "k")
        let record = TaskRecord(id: "1", model: "m", owner: owner, isLink: true, created: 7)
        guard case .taken(let read)? = read(record.line) else {
            Issue.record("no task")
            return
        }
        #expect(read.id == "1" && read.model == "m" && read.owner == owner && read.isLink && read.created == 7)
        #expect(record.line.last == UInt8(ascii: "\n") && record.line.count { $0 == UInt8(ascii: "\n") } == 1)
    }

    @Test("an end is read as it was written, with all events byte for byte")
    func ended() throws {
        let events = [#"{"event":"code","data":{"code":"a\nb\u00e9"}}"#, #"{"event":"error","data":{ "x" : 1.0 }}"#]
        var end = 0
        let entries = events.map { event in
            end += event.utf8.count
            return EventBatch.Entry(end: end, kind: .progress)
        }
        var progress = TaskProgress()
        progress.stage = "coding"
        progress.iteration = 2
        let batch = EventBatch(firstOffset: 5, entries: entries, payloads: events.flatMap { Array($0.utf8) })
        let written = TaskRecord.End(
            status: .failed, updated: 9, progress: progress, failure: .interrupted, events: batch)
        guard case .ended("1", let read)? = read(TaskRecord.line(id: "1", written)) else {
            Issue.record("no end")
            return
        }
        #expect(read.status == .failed && read.updated == 9 && read.progress == progress)
        #expect(read.failure == .interrupted)
        #expect(read.events.firstOffset == 5)
        var texts: [String] = []
        read.events.forEach(from: 0) { payload, kind in
            texts.append(payload.text)
            #expect(kind == .progress)
        }
        #expect(texts == events)
    }

    @Test(
        "what is no record is passed over",
        arguments: [
            "", "{", "[]", #"{"record":"task"}"#, #"{"record":"task","id":"1","model":"m"}"#,
            #"{"record":"end","id":"1","status":"running","updated":1,"events":[{}]}"#,
            #"{"record":"end","id":"1","status":"completed","updated":1,"events":[]}"#, #"{"record":"x","id":"1"}"#,
        ])
    func others(line: String) {
        if case .some = read(Array(line.utf8)) { Issue.record("a record") }
    }
}
