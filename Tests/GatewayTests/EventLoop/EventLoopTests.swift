import Testing
import Upstreams

@testable import Gateway

/// Turns, their end, and stopping.
struct EventLoopTests {
    /// Asks for the end of the turn again and again, `left` times.
    private final class Repeater: TurnTask {
        let loop: EventLoop
        var left: Int
        var turns: [Int] = []

        init(_ loop: EventLoop, _ left: Int) {
            self.loop = loop
            self.left = left
        }

        func runAtEndOfTurn() {
            turns.append(loop.turns)
            left -= 1
            if left > 0 { loop.atEndOfTurn(self) }
        }
    }

    @Test func `work for the end of the turn runs in that turn, what it asks for too`() {
        let loop = EventLoop()
        let task = Repeater(loop, 20)
        loop.atEndOfTurn(task)
        #expect(task.turns.isEmpty)
        #expect(loop.turn { task.left == 0 })
        #expect(task.turns == [Int](repeating: 1, count: 20))
    }

    @Test func `endless work leaves the loop its turns`() {
        let loop = EventLoop()
        let task = Repeater(loop, 10_000)
        loop.atEndOfTurn(task)
        var hasFired = false
        let timer = loop.timer { hasFired = true }
        timer.arm(milliseconds: 0)
        #expect(loop.turn { hasFired })
        #expect(task.left > 9000, "a timer does not wait for the work of many turns")
        #expect(loop.turn { task.left == 0 })
    }

    @Test func `a loop without work sleeps`() {
        let loop = EventLoop()
        let start = loop.now
        loop.turn(for: 50)
        #expect(loop.turns <= 4)
        #expect(loop.now.seconds(since: start) - Double(loop.busyNanoseconds) / 1e9 > 0.04, "sleep is not work")
    }

    @Test func `run ends with stop, at the end of the turn`() {
        let loop = EventLoop()
        let task = Repeater(loop, 1)
        let timer = loop.timer {
            loop.stop()
            loop.atEndOfTurn(task)
        }
        timer.arm(milliseconds: 1)
        loop.run()
        #expect(loop.turns <= 3)
        withExtendedLifetime(timer) {}
    }

    @Test func `the clock is monotonic and counts in nanoseconds`() {
        let loop = EventLoop()
        let start = loop.now
        loop.turn(for: 20)
        let seconds = loop.now.seconds(since: start)
        #expect(seconds >= 0.018 && seconds < 60)
        #expect(loop.now >= start)
    }
}
