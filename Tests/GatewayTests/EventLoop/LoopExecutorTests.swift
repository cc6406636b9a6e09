import Glibc
import Testing
import Upstreams

@testable import Gateway

/// Tasks stay on their loop: the self-test that the architecture asks for.
struct LoopExecutorTests {
    /// One step of a life, deep in calls, as an exchange's are.
    private static func step(_ wakeup: Wakeup, _ loop: EventLoop, _ threads: inout [Bool]) async {
        await wakeup.wait()
        threads.append(loop.executor.isOnLoop)
    }

    @Test func `every part of a task runs on the loop's thread and no job comes from another`() {
        let loop = EventLoop()
        let wakeup = Wakeup()
        var onLoop: [Bool] = []
        var isOver = false
        let timer = loop.timer { wakeup.wake() }
        loop.start {
            onLoop.append(loop.executor.isOnLoop)
            for _ in 0..<50 {
                await Self.step(wakeup, loop, &onLoop)
                timer.arm(milliseconds: 0)
                await wakeup.wait()
                onLoop.append(loop.executor.isOnLoop)
                wakeup.wake()
            }
            isOver = true
        }
        wakeup.wake()
        #expect(loop.turn { isOver })
        #expect(onLoop.count == 101)
        #expect(!onLoop.contains(false))
        #expect(loop.executor.foreignJobs == 0)
    }

    @Test func `a task runs at once up to its first wait`() {
        let loop = EventLoop()
        let wakeup = Wakeup()
        var steps: [String] = []
        loop.start {
            steps.append("begun")
            await wakeup.wait()
            steps.append("woken")
        }
        #expect(steps == ["begun"])
        wakeup.wake()
        #expect(steps == ["begun"], "waking never runs the task from inside")
        #expect(loop.turn { steps.count == 2 })
    }

    @Test func `many tasks take turns and all end`() {
        let loop = EventLoop()
        let wakeups = (0..<200).map { _ in Wakeup() }
        var ended = 0
        for index in 0..<200 {
            loop.start {
                for _ in 0..<10 {
                    await wakeups[index].wait()
                    wakeups[(index + 1) % 200].wake()
                }
                ended += 1
            }
        }
        for wakeup in wakeups { wakeup.wake() }
        let isOver = loop.turn {
            for wakeup in wakeups { wakeup.wake() }
            return ended == 200
        }
        #expect(isOver)
        #expect(loop.executor.foreignJobs == 0)
    }

    @Test func `a job from another thread is counted and still runs on the loop`() {
        let loop = EventLoop()
        let executor = loop.executor
        var result: Bool?
        let mailbox = Mailbox<Bool>(loop: loop) { result = $0 }
        let thread = TestThread {
            Task(executorPreference: executor) { mailbox.post(executor.isOnLoop) }
        }
        #expect(loop.turn { result != nil })
        thread.join()
        #expect(result == true)
        #expect(loop.executor.foreignJobs > 0)
    }
}
