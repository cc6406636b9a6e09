import Testing

@testable import Gateway

/// The place where a task waits for news.
struct WakeupTests {
    @Test func `a wake before the wait is kept`() {
        let loop = EventLoop()
        let wakeup = Wakeup()
        wakeup.wake()
        var isWoken = false
        loop.start {
            await wakeup.wait()
            isWoken = true
        }
        #expect(isWoken, "without waiting at all")
    }

    @Test func `many wakes before the wait are one`() {
        let loop = EventLoop()
        let wakeup = Wakeup()
        for _ in 0..<3 { wakeup.wake() }
        var waits = 0
        loop.start {
            while waits < 3 {
                await wakeup.wait()
                waits += 1
            }
        }
        #expect(waits == 1)
        for _ in 0..<2 {
            wakeup.wake()
            loop.turn(for: 1)
        }
        #expect(waits == 3)
    }

    @Test func `no wake is lost between waking and running`() {
        let loop = EventLoop()
        let wakeup = Wakeup()
        var news = 0
        var seen: [Int] = []
        loop.start {
            while news < 2 {
                await wakeup.wait()
                seen.append(news)
            }
        }
        news = 1
        wakeup.wake()
        // The task is due but has not run: what happens now it sees when it does.
        news = 2
        wakeup.wake()
        #expect(loop.turn { !seen.isEmpty })
        loop.turn(for: 1)
        #expect(seen == [2])
    }
}
