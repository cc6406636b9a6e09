import Testing
import Upstreams

@testable import Gateway

/// Timers of the loop.
struct LoopTimerTests {
    @Test func `timers fire in the order of their times, once each`() {
        let loop = EventLoop()
        var fired: [Int] = []
        let timers = [30, 10, 20].map { delay in
            let timer = loop.timer { fired.append(delay) }
            timer.arm(milliseconds: delay)
            return timer
        }
        #expect(loop.turn { fired.count == 3 })
        loop.turn(for: 15)
        #expect(fired == [10, 20, 30])
        withExtendedLifetime(timers) {}
    }

    @Test func `arming again replaces the earlier time`() {
        let loop = EventLoop()
        var fired: [Double] = []
        let start = loop.now
        let timer = loop.timer { fired.append(loop.now.seconds(since: start)) }
        timer.arm(milliseconds: 5)
        timer.arm(milliseconds: 40)
        #expect(loop.turn { fired.count == 1 })
        #expect(fired[0] >= 0.035)
        timer.arm(milliseconds: 0)
        #expect(loop.turn { fired.count == 2 }, "it may be armed again")
    }

    @Test func `a cancelled timer is silent and may be armed again`() {
        let loop = EventLoop()
        var count = 0
        let timer = loop.timer { count += 1 }
        timer.arm(milliseconds: 1)
        timer.cancel()
        loop.turn(for: 15)
        #expect(count == 0)
        timer.arm(milliseconds: 1)
        #expect(loop.turn { count == 1 })
    }

    @Test func `a handler may let go of its own timer`() {
        let loop = EventLoop()
        var timer: (any ReactorTimer)?
        var count = 0
        timer = loop.timer {
            timer?.cancel()
            timer = nil
            count += 1
        }
        timer?.arm(milliseconds: 1)
        #expect(loop.turn { count == 1 })
        loop.turn(for: 5)
        #expect(timer == nil)
    }

    @Test func `a timer that is let go of never fires`() {
        let loop = EventLoop()
        var count = 0
        do {
            let timer = loop.timer { count += 1 }
            timer.arm(milliseconds: 1)
        }
        loop.turn(for: 15)
        #expect(count == 0)
    }
}
