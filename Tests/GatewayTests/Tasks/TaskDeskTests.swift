import Glibc
import Testing
import Upstreams

@testable import Gateway

@Suite("tasks of one process")
struct TaskDeskTests {
    private let path = "/tmp/sluice-desk-\(UUIDv4.make()).journal"

    private func fixture() throws -> ServiceFixture {
        try ServiceFixture(ConfigFixture.root(["tasks": #"{ "journal": "\#(path)" }"#]))
    }

    private func submit(to fixture: ServiceFixture) throws -> String {
        let body = #"{"model":"echo","messages":[{"role":"user","content":"one two"}]}"#
        return try fixture.answer(
            to: ConnectionFixture.post(
                "/v1/chat/completions", body, "connection: close\r\nprefer: respond-async\r\n"))
    }

    @Test("the process ends while a task's end is on its way to the disk")
    func lastRecord() throws {
        defer { unsafe unlink(path) }
        let fixture = try fixture()
        let (tasks, desk) = (fixture.service.shared.tasks, fixture.service.desk)
        var hasRun = false
        let step = EachStep(fixture.loop) {
            hasRun = hasRun || tasks.running.current == 1
            guard hasRun, tasks.running.current == 0 else { return true }
            fixture.service.shutDown()
            return false
        }
        step.begin()
        _ = try submit(to: fixture)
        #expect(fixture.loop.turn { step.isOver && !desk.isWriting })
        #expect(tasks.newest(1).map(\.snapshot.status) == [.completed])
    }
}

/// Looks at something in each step of each turn of a loop, until that says that it has seen enough.
private final class EachStep: TurnTask {
    private let loop: EventLoop
    private let goesOn: () -> Bool
    private(set) var isOver = false

    init(_ loop: EventLoop, _ goesOn: @escaping () -> Bool) {
        self.loop = loop
        self.goesOn = goesOn
    }

    func begin() { loop.atEndOfTurn(self) }

    func runAtEndOfTurn() {
        if goesOn() { begin() } else { isOver = true }
    }
}
