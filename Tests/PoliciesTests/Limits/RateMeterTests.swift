import Testing

@testable import Policies

@Suite("Rates")
struct RateMeterTests {
    private static let second = LimitsFixture.second

    @Test("No window position holds more than the limit", arguments: [1, 2, 3, 4, 5, 6, 7, 8])
    func exactInEveryWindow(_ seed: UInt64) {
        var random = SeededGenerator(state: seed)
        let window = Int.random(in: 1000...1_000_000, using: &random)
        let setting = RateSetting(.requests, limit: Int.random(in: 1...400, using: &random), window: window)
        var meter = RateMeter()
        var now = 0
        var taken: [(time: Int, amount: Int)] = []
        for _ in 0..<5000 {
            now += Int.random(in: 0...window / 100, using: &random)
            meter.advance(setting, now: now)
            let amount = Int.random(in: 1...3, using: &random)
            if amount <= meter.room(setting) {
                meter.take(amount, setting, now: now)
                taken.append((now, amount))
            }
        }
        var first = 0
        var sum = 0
        var most = 0
        for (time, amount) in taken {
            sum += amount
            while taken[first].time + window <= time {
                sum -= taken[first].amount
                first += 1
            }
            most = max(most, sum)
        }
        #expect(most <= setting.limit)
        #expect(taken.count > 100)
    }

    @Test("Room comes back at the latest a 256th of the window after the use has left it")
    func roomComesBack() {
        let setting = RateSetting(.requests, limit: 5000, window: 256_000)
        var meter = RateMeter()
        for time in 0..<1000 {
            meter.advance(setting, now: time * 10)
            meter.take(5, setting, now: time * 10)
        }
        #expect(meter.room(setting) == 0)
        for time in stride(from: 256_000 + 1000, through: 256_000 + 9990, by: 10) {
            meter.advance(setting, now: time)
            #expect(meter.room(setting) >= ((time - 1000 - 256_000) / 10 + 1) * 5)
            #expect(meter.room(setting) <= ((time - 256_000) / 10 + 1) * 5)
        }
        #expect(meter.reset(now: 256_000) == 9990)
    }

    @Test(
        "A wait is exact: a moment before it there is no room, and after it there is",
        arguments: RateSetting.Algorithm.allCases)
    func waitIsExact(_ algorithm: RateSetting.Algorithm) throws {
        let setting = RateSetting(.tokens, limit: 7, window: 1000, algorithm: algorithm, burst: 1000)
        var meter = RateMeter()
        for time in 0..<7 {
            meter.advance(setting, now: time * 50)
            meter.take(1, setting, now: time * 50)
        }
        for amount in 1...7 {
            let room = meter.room(setting)
            let wait = try #require(meter.wait(for: amount, setting, now: 300))
            var later = meter
            later.advance(setting, now: 300 + wait)
            #expect(later.room(setting) >= amount)
            guard wait > 0 else {
                #expect(amount <= room)
                continue
            }
            var before = meter
            before.advance(setting, now: 300 + wait - 1)
            #expect(before.room(setting) < amount)
        }
        #expect(meter.wait(for: 8, setting, now: 300) == nil)
    }

    @Test("GCRA gives the burst at once and then one per interval")
    func gcra() {
        let setting = RateSetting(
            .requests, limit: 60, window: 60 * Self.second, algorithm: .gcra, burst: 5 * Self.second)
        #expect(setting.capacity == 5)
        var meter = RateMeter()
        var admitted: [Int] = []
        for tick in 0..<200 {
            let now = tick * Self.second / 10
            meter.advance(setting, now: now)
            if meter.room(setting) > 0 {
                meter.take(1, setting, now: now)
                admitted.append(tick)
            }
        }
        #expect(admitted == [0, 1, 2, 3, 4] + Array(stride(from: 10, to: 200, by: 10)))
    }

    @Test("GCRA never holds more than its capacity, whatever is given back", arguments: [11, 12, 13, 14])
    func gcraBound(_ seed: UInt64) {
        var random = SeededGenerator(state: seed)
        let setting = RateSetting(.tokens, limit: 100, window: 10_000, algorithm: .gcra, burst: 5000)
        var meter = RateMeter()
        var now = 0
        var kept: [(time: Int, amount: Int)] = []
        for _ in 0..<3000 {
            now += Int.random(in: 0...100, using: &random)
            meter.advance(setting, now: now)
            let amount = Int.random(in: 1...10, using: &random)
            guard amount <= meter.room(setting) else { continue }
            meter.take(amount, setting, now: now)
            kept.append((now, amount))
            guard Bool.random(using: &random), let last = kept.last else { continue }
            let back = Int.random(in: 1...last.amount, using: &random)
            meter.giveBack(back, takenAt: last.time, setting, now: now)
            kept[kept.count - 1].amount -= back
        }
        for start in kept.indices {
            var sum = 0
            for use in kept[start...] {
                sum += use.amount
                #expect(sum * 10_000 <= 50 * 10_000 + (use.time - kept[start].time) * 100)
            }
        }
    }

    @Test("What is given back goes to the moment when it was taken, and nowhere once that is past")
    func givingBack() {
        let setting = RateSetting(.tokens, limit: 100, window: 1000)
        var meter = RateMeter()
        meter.advance(setting, now: 0)
        meter.take(60, setting, now: 0)
        meter.advance(setting, now: 500)
        meter.take(40, setting, now: 500)
        meter.giveBack(50, takenAt: 0, setting, now: 500)
        #expect(meter.room(setting) == 50)
        meter.advance(setting, now: 1000)
        #expect(meter.room(setting) == 60)
        meter.giveBack(10, takenAt: 0, setting, now: 1000)
        #expect(meter.room(setting) == 60)
        meter.advance(setting, now: 1500)
        #expect(meter.room(setting) == 100)
        #expect(meter.isIdle(at: LimitMoment(nanoseconds: 1500, seconds: 0)))
    }

    @Test(
        "Durations are written as OpenAI writes them",
        arguments: [
            (0, "0s"), (1, "1ms"), (12_000_000, "12ms"), (999_000_001, "1s"), (1_500_000_000, "1.5s"),
            (20_040_000_000, "20.04s"), (60_000_000_000, "1m0s"), (360_000_000_000, "6m0s"),
            (9_000_000_000_000, "2h30m0s"), (-5, "0s"),
        ])
    func durations(_ nanoseconds: Int, _ text: String) {
        #expect(LimitDuration(nanoseconds: nanoseconds).text == text)
    }
}
