import Upstreams

/// Writes one run into this process's memory, and its end into the journal first, if there is one.
final class LocalTaskBook: TaskBook {
    let entry: TaskEntry
    private let desk: TaskDesk
    private let log: CompletionLog
    private let limits: TaskTable.Limits
    /// The events so far, for the journal: elements of a JSON array.
    private var record = ByteBuffer()
    private let maxRecord: Int
    private var isRecordCut = false

    /// - Parameter maxRecord: bytes of events that are kept for the journal; 0: none are.
    init(_ entry: TaskEntry, _ log: CompletionLog, _ limits: TaskTable.Limits, maxRecord: Int, desk: TaskDesk) {
        self.entry = entry
        self.log = log
        self.limits = limits
        self.maxRecord = maxRecord
        self.desk = desk
    }

    /// What an earlier process has told is void: the task is begun anew, for the run of this number.
    func restart(run: Int) {
        var event = ByteBuffer()
        event.appendJSON {
            $0.object {
                $0.member("event", "stage")
                $0.object("data") {
                    $0.member("stage", "restarted")
                    $0.member("run", run)
                }
            }
        }
        event.withBytes { append($0) }
        var progress = TaskProgress()
        progress.stage = "restarted"
        note(progress)
    }

    func append(_ event: RawSpan) {
        keep(event)
        write(event)
    }

    private func keep(_ event: RawSpan) {
        guard maxRecord > 0, !isRecordCut else { return }
        if record.count + event.byteCount > maxRecord {
            record.removeAll()
            isRecordCut = true
        } else {
            if !record.isEmpty { record.append(",") }
            record.append(event)
        }
    }

    /// The offset after the last event.
    private var endOffset: Int { entry.firstEvent + log.eventsAppended }

    private func write(_ event: RawSpan) {
        var facts = ChatChunkFacts(choices: 0, hasFinishReason: false, hasContent: false, usage: nil)
        facts.isProgress = true
        log.append(event, facts)
    }

    /// The process ends, and the next one begins the task anew: whoever reads it comes back then.
    func leave() { log.finish(.cancelled(.shuttingDown)) }

    func note(_ progress: TaskProgress) { entry.note(progress, now: WallClock.seconds) }

    func end(_ proposed: TaskEnding, done: @escaping (TaskEnding) -> Void) {
        let ending = entry.settle(proposed)
        if !record.isEmpty { record.append(",") }
        record.append(ending.event)
        // Of a record that was cut only the last event is left.
        let first = isRecordCut ? endOffset : entry.firstEvent
        let line = record.withBytes { events in
            TaskRecord.line(
                id: entry.id, ending.status, updated: WallClock.seconds, entry.snapshot.progress, ending.failure,
                events: events, from: first)
        }
        record = ByteBuffer()
        desk.record([TaskJournalLine(id: entry.id, kind: .end, bytes: line)], isDurable: true) { [self] _ in
            // A record that could not be written is told in the log; whoever waits gets the result nonetheless.
            unsafe write(ending.event.span.bytes)
            entry.end(ending, events: endOffset, now: WallClock.seconds)
            log.finish(.completed)
            desk.didEnd(entry, bytes: log.bytesAppended, limits)
            done(ending)
        }
    }
}
