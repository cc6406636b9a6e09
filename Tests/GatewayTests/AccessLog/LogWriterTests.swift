import Foundation
import Glibc
import Logging
import Testing

@testable import Gateway

/// The writing thread: nothing lost in order, nothing waited for.
@Suite struct LogWriterTests {
    /// A folder for one test, removed at its end.
    private final class Folder {
        let path = NSTemporaryDirectory() + "/sluice-log-" + UUID().uuidString

        init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
        deinit { try? FileManager.default.removeItem(atPath: path) }

        func text(_ name: String) throws -> String { try String(contentsOfFile: path + "/" + name, encoding: .utf8) }
    }

    @Test func everyLineIsWrittenInOrderBeforeTheEnd() throws {
        let folder = try Folder()
        let writer = try LogWriter(
            access: .file(path: folder.path + "/access"), operational: .file(path: folder.path + "/operational"))
        let log = AccessLog(writer: writer, loop: EventLoop())
        for index in 0..<1000 {
            log.record(AccessLogEntry(status: index))
            if index % 7 == 0 { log.flush() }
        }
        log.flush()
        log.flush()
        writer.close()
        let lines = try folder.text("access").split(separator: "\n")
        #expect(lines.count == 1000)
        #expect(lines.enumerated().allSatisfy { $1.contains("\"status\":\($0),") })
        #expect(writer.counts.access == LogCounts(written: 1000, dropped: 0))
        #expect(try folder.text("operational").isEmpty)
    }

    @Test func aFullQueueDropsAndCountsAndNeverBlocks() throws {
        let folder = try Folder()
        let path = folder.path + "/pipe"
        try #require(unsafe mkfifo(path, 0o600) == 0)
        let reader = unsafe open(path, O_RDONLY | O_NONBLOCK)
        try #require(reader >= 0)
        defer { close(reader) }
        let writer = try LogWriter(
            access: .file(path: path), operational: .file(path: folder.path + "/operational"), maxQueuedBytes: 100_000)
        // Nobody reads: the pipe takes 64 KiB, the queue 100 kB, and the rest must go.
        let batch = [UInt8](repeating: UInt8(ascii: "x"), count: 999) + [UInt8(ascii: "\n")]
        for _ in 0..<1000 { writer.submit(batch, lines: 1, to: .access) }
        #expect(writer.counts.access.dropped >= 800)
        let duration = ContinuousClock().measure { writer.close(deadlineMilliseconds: 0) }
        #expect(duration < .seconds(2), "a batch that cannot be written must not make the next one wait")
        let counts = writer.counts.access
        #expect(counts.written + counts.dropped == 1000)
        #expect(counts.written > 0 && counts.written <= 66)
    }

    @Test func linesAfterTheEndAreDroppedAndCounted() throws {
        let folder = try Folder()
        let writer = try LogWriter(access: .file(path: folder.path + "/access"))
        writer.close()
        writer.close()
        writer.submit([UInt8(ascii: "\n")], lines: 1, to: .access)
        #expect(writer.counts.access == LogCounts(written: 0, dropped: 1))
    }

    @Test func aRotatedFileIsOpenedAnewBetweenTwoLines() throws {
        let folder = try Folder()
        let path = folder.path + "/access"
        let writer = try LogWriter(access: .file(path: path))
        writer.submit(Array("one\n".utf8), lines: 1, to: .access)
        try FileManager.default.moveItem(atPath: path, toPath: path + ".1")
        writer.reopen()
        writer.submit(Array("two\n".utf8), lines: 1, to: .access)
        writer.close()
        #expect(try folder.text("access.1") == "one\n")
        #expect(try folder.text("access") == "two\n")
    }

    @Test func aFileThatCannotBeOpenedAnewStaysInUseAndIsTold() throws {
        let folder = try Folder()
        let logs = folder.path + "/logs"
        try FileManager.default.createDirectory(atPath: logs, withIntermediateDirectories: true)
        let writer = try LogWriter(
            access: .file(path: logs + "/access"), operational: .file(path: folder.path + "/operational"))
        try FileManager.default.moveItem(atPath: logs, toPath: folder.path + "/moved")
        writer.reopen()
        writer.submit(Array("one\n".utf8), lines: 1, to: .access)
        writer.close()
        #expect(try folder.text("moved/access") == "one\n")
        // Told after the end was asked for, perhaps: then it is counted instead.
        let told = try folder.text("operational").contains("cannot open a log file anew")
        #expect(told || writer.counts.operational.dropped == 1)
    }

    @Test func aFileThatCannotBeOpenedIsAnErrorAtTheStart() {
        #expect(throws: LogWriterError.cannotOpen(path: "/nonexistent/access", code: ENOENT)) {
            try LogWriter(access: .file(path: "/nonexistent/access"))
        }
    }

    @Test func messagesOfSwiftLogArriveWithLevelAndMetadata() throws {
        let folder = try Folder()
        let writer = try LogWriter(
            access: nil, operational: .file(path: folder.path + "/operational"), style: .text)
        let threshold = LogThreshold()
        var logger = Logger(label: "worker") { OperationalLog(label: $0, threshold: threshold, writer: writer) }
        logger[metadataKey: "worker"] = "1"
        logger.debug("not this")
        logger.warning("slow", metadata: ["ms": "12"])
        writer.submit([UInt8(ascii: "\n")], lines: 1, to: .access)
        writer.close()
        let text = try folder.text("operational")
        #expect(text.hasSuffix("Z warning worker: slow ms=12 worker=1\n"))
        #expect(text.split(separator: "\n").count == 1)
        #expect(writer.counts.access == LogCounts())
    }
}
