import Testing
import Upstreams

@testable import Gateway

/// The same in a cluster, where no command reads keys of several slots.
@Suite("Replicas: Cluster")
struct ReplicaClusterTests {
    @Test func `logs of many slots are written, followed, found and given up`() throws {
        let cluster = try RedisClusterTests.Cluster()
        var settings = RedisSettings(address: cluster.servers[0].address)
        settings.isCluster = true
        let fixture = ReplicaFixture(settings)
        let (one, other) = (fixture.replica(), fixture.replica())
        let names = (0..<12).map { "question \($0)" }
        let writers = try names.map { try one.begin($0).writer }
        let cursors = try names.map { try other.read($0) }
        for (name, writer) in zip(names, writers) { writer.append(name) }
        #expect(fixture.loop.turn { cursors.allSatisfy(\.hasUnread) })
        #expect(zip(names, cursors).allSatisfy { $1.texts() == [$0] })
        for writer in writers { writer.end(nil) }
        #expect(fixture.loop.turn { cursors.allSatisfy { $0.end?.isCompleted == true } })
        let third = fixture.replica()
        for name in names {
            guard case .finished(let log, _) = third.open(name) else {
                Issue.record("not kept")
                return
            }
            #expect(fixture.loop.turn { log.isEnded } && log.endOffset == 1)
        }
        #expect(one.health.unsharedCompletions + other.health.unsharedCompletions == 0)
    }
}
