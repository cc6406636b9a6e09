import Testing

@testable import Policies

/// When calls are kept away from a target.
struct CircuitBreakerTests {
    private let settings = BreakerSettings(failures: 3, window: 1000, open: 500)

    /// A breaker that opened at `time`.
    private func opened(at time: Int = 0) -> CircuitBreaker {
        var breaker = CircuitBreaker()
        for _ in 0..<3 { breaker.failed(wasProbe: false, at: time, settings) }
        return breaker
    }

    @Test func `failures in a row within the window open it`() {
        var breaker = CircuitBreaker()
        breaker.failed(wasProbe: false, at: 0, settings)
        breaker.failed(wasProbe: false, at: 400, settings)
        #expect(breaker.admit(at: 400, settings) == .call)
        breaker.failed(wasProbe: false, at: 999, settings)
        #expect(breaker.admit(at: 1000, settings) == .refused(retryAfter: 499))
        #expect(breaker.isOpen(at: 1000) && !breaker.isOpen(at: 1499))
    }

    @Test func `failures that are older than the window do not count`() {
        var breaker = CircuitBreaker()
        for time in [0, 600, 1200, 1800] { breaker.failed(wasProbe: false, at: time, settings) }
        #expect(breaker.admit(at: 1800, settings) == .call)
    }

    @Test func `a whole answer begins the row anew, its first content does not`() {
        for isWhole in [false, true] {
            var breaker = CircuitBreaker()
            breaker.failed(wasProbe: false, at: 0, settings)
            breaker.failed(wasProbe: false, at: 0, settings)
            breaker.succeeded(wasProbe: false, isWhole: isWhole, at: 0, settings)
            #expect(breaker.isClean == isWhole)
        }
    }

    @Test func `after the open time one call at a time is let through`() {
        var breaker = opened()
        #expect(breaker.admit(at: 499, settings) == .refused(retryAfter: 1))
        #expect(breaker.admit(at: 500, settings) == .probe)
        #expect(breaker.admit(at: 500, settings) == .refused(retryAfter: 500))
        #expect(breaker.admit(at: 50_000, settings) == .refused(retryAfter: 500))
    }

    @Test func `a probe that fails opens it again, one that succeeds closes it`() {
        var breaker = opened()
        _ = breaker.admit(at: 500, settings)
        breaker.failed(wasProbe: true, at: 600, settings)
        #expect(breaker.admit(at: 1099, settings) == .refused(retryAfter: 1))
        #expect(breaker.admit(at: 1100, settings) == .probe)
        breaker.succeeded(wasProbe: true, isWhole: true, at: 1200, settings)
        #expect(breaker.isClean && breaker.admit(at: 1200, settings) == .call)
    }

    @Test func `after a probe's first content the next failure opens it`() {
        var breaker = opened()
        _ = breaker.admit(at: 500, settings)
        breaker.succeeded(wasProbe: true, isWhole: false, at: 600, settings)
        #expect(breaker.admit(at: 600, settings) == .call)
        breaker.failed(wasProbe: true, at: 700, settings)
        #expect(breaker.isOpen(at: 700))
    }

    @Test func `a probe that nobody wanted any more makes room for another`() {
        var breaker = opened()
        _ = breaker.admit(at: 500, settings)
        breaker.abandoned(at: 510)
        #expect(breaker.admit(at: 510, settings) == .probe)
    }

    @Test func `calls from before it opened say nothing`() {
        var breaker = opened()
        breaker.succeeded(wasProbe: false, isWhole: true, at: 10, settings)
        breaker.failed(wasProbe: false, at: 400, settings)
        #expect(breaker.admit(at: 500, settings) == .probe)
        breaker.succeeded(wasProbe: false, isWhole: true, at: 510, settings)
        #expect(breaker.admit(at: 520, settings) == .refused(retryAfter: 500))
    }

    @Test func `without failures to count it never opens`() {
        let off = BreakerSettings(failures: 0)
        var breaker = CircuitBreaker()
        for _ in 0..<100 { breaker.failed(wasProbe: false, at: 0, off) }
        #expect(breaker.isClean && breaker.admit(at: 0, off) == .call)
    }

    @Test(arguments: 0..<20)
    func `whatever happens, at most one probe is on its way`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var breaker = CircuitBreaker()
        var (calls, probes, now) = (0, 0, 0)
        for _ in 0..<3000 {
            now += Int(random.next() % 80)
            switch random.next() % 5 {
            case 0, 1:
                switch breaker.admit(at: now, settings) {
                case .call: calls += 1
                case .probe: probes += 1
                case .refused(let wait): #expect(wait > 0)
                }
                #expect(probes <= 1)
            case 2 where calls > 0:
                calls -= 1
                breaker.failed(wasProbe: false, at: now, settings)
            case 3 where probes > 0:
                probes -= 1
                random.next() % 2 == 0
                    ? breaker.failed(wasProbe: true, at: now, settings) : breaker.abandoned(at: now)
            case 4 where calls > 0:
                calls -= 1
                breaker.succeeded(wasProbe: false, isWhole: random.next() % 2 == 0, at: now, settings)
            default: break
            }
        }
    }
}
