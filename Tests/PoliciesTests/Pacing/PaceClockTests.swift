import Testing

@testable import Policies

@Suite("The clock of the pace")
struct PaceClockTests {
    private let second: Int64 = 1_000_000_000

    @Test("Units go out evenly from the first on")
    func even() {
        var clock = PaceClock(rate: 20)
        clock.resume(at: second)
        #expect(clock.isOpen(at: second))
        clock.spend(1)
        #expect(clock.next == second + 50_000_000 && !clock.isOpen(at: second + 49_999_999))
        clock.catchUp(at: second + 50_000_000)
        clock.spend(3)
        #expect(clock.next == second + 200_000_000)
    }

    @Test("A late timer does not make the rate slower")
    func lateTimer() {
        var clock = PaceClock(rate: 100)
        clock.resume(at: 0)
        clock.spend(1)
        clock.catchUp(at: 12_000_000)
        clock.spend(1)
        #expect(clock.next == 20_000_000)
    }

    @Test("Idle time and long stalls are not made up for")
    func noBurst() {
        var clock = PaceClock(rate: 100)
        clock.resume(at: 0)
        clock.spend(1)
        clock.resume(at: second)
        #expect(clock.next == second)
        clock.catchUp(at: 2 * second)
        #expect(clock.next == 2 * second - PaceClock.slack)
    }

    @Test("In any window there are no more units than the rate, the slack and one allow", arguments: [3.0, 50, 700])
    func windows(rate: Double) {
        var random = SeededRandom(seed: 43)
        var clock = PaceClock(rate: rate)
        var times: [Int64] = []
        var now: Int64 = 0
        clock.resume(at: now)
        while times.count < 2_000 {
            now += Int64.random(in: 0...40_000_000, using: &random)
            if Int.random(in: 0..<10, using: &random) == 0 {
                clock.resume(at: now)
            } else {
                clock.catchUp(at: now)
            }
            while clock.isOpen(at: now) {
                times.append(now)
                clock.spend(1)
            }
        }
        for (first, start) in times.enumerated() {
            for last in stride(from: first, to: min(first + 100, times.count), by: 7) {
                let allowed = Double(times[last] - start + PaceClock.slack) / 1e9 * rate + 1
                #expect(Double(last - first + 1) <= allowed + 0.01)
            }
        }
    }
}
