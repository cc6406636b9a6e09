import Testing
import Upstreams

@testable import Gateway

/// How often and how long an answer is tried.
struct TriesTests {
    private func terms(
        attempts: Int = 3, backoff: Int = 1000, factor: Double = 2, jitter: Double = 0, operation: Int = 60_000,
        total: Int = 120_000
    ) -> TryTerms {
        TryTerms(
            attempts: attempts, backoffMs: backoff, factor: factor, jitter: jitter, operationTimeoutMs: operation,
            totalTimeoutMs: total)
    }

    private let failure = CompletionEnd.failed(UpstreamError(.connect, "no"))

    @Test(arguments: [(1, 1000), (2, 2000), (3, 4000), (4, 8000), (8, 120_000), (5000, 120_000)])
    func `waits grow by the factor, up to the time for all`(count: Int, wait: Int) {
        #expect(terms().wait(after: count, chance: 0.5) == wait)
    }

    @Test(arguments: [(0.0, 800), (0.5, 1000), (1.0, 1200)])
    func `chance moves a wait by its part at most`(chance: Double, wait: Int) {
        #expect(terms(jitter: 0.2).wait(after: 1, chance: chance) == wait)
    }

    @Test func `there are as many tries as allowed`() {
        let loop = EventLoop()
        let tries = Tries(terms(attempts: 2, backoff: 0), since: loop.now, loop, waking: Wakeup())
        tries.begin()
        #expect(tries.timeout == nil)
        #expect(tries.rest(after: failure, random: 0))
        #expect(!tries.isResting)
        tries.begin()
        #expect(!tries.rest(after: failure, random: 0))
    }

    @Test func `what would fail again is not tried again`() {
        let loop = EventLoop()
        let tries = Tries(terms(backoff: 0), since: loop.now, loop, waking: Wakeup())
        tries.begin()
        #expect(!tries.rest(after: .failed(UpstreamError(.authentication, "no")), random: 0))
        #expect(!tries.rest(after: .cancelled(.shuttingDown), random: 0))
        #expect(tries.rest(after: .cancelled(.writerLost), random: 0))
    }

    @Test func `no wait goes beyond the time for all`() {
        let loop = EventLoop()
        let tries = Tries(terms(total: 500), since: loop.now, loop, waking: Wakeup())
        tries.begin()
        #expect(!tries.rest(after: failure, random: 0))
    }

    @Test func `the time that is over is named`() throws {
        let loop = EventLoop()
        let start = loop.now.advanced(milliseconds: -200)
        let late = Tries(terms(total: 100), since: start, loop, waking: Wakeup())
        late.begin()
        let all = try #require(late.timeout)
        #expect(all.cause == .totalTimeout && all.message.contains("100 ms"))
        let slow = Tries(terms(operation: 5), since: loop.now, loop, waking: Wakeup())
        slow.begin()
        #expect(loop.turn { slow.timeout?.message.contains("5 ms") == true })
    }
}
