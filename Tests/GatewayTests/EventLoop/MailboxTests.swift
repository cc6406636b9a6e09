import Glibc
import Synchronization
import Testing
import Upstreams

@testable import Gateway

/// Set by one thread, waited for by another.
private final class Flag: Sendable {
    private let isSet = Atomic(false)

    func set() { isSet.store(true, ordering: .releasing) }

    func wait() {
        while !isSet.load(ordering: .acquiring) { sched_yield() }
    }
}

/// Messages into a loop from other threads.
struct MailboxTests {
    @Test func `messages come in the order of posting, on the loop's thread`() {
        let loop = EventLoop()
        var received: [Int] = []
        let mailbox = Mailbox<Int>(loop: loop) { message in
            loop.executor.assertOnLoop()
            received.append(message)
        }
        for message in 0..<100 { mailbox.post(message) }
        #expect(received.isEmpty, "never from inside of post")
        #expect(loop.turn { received.count == 100 })
        #expect(received == Array(0..<100))
    }

    @Test func `messages of several threads all come, each thread's in its order`() {
        let loop = EventLoop()
        var received: [(thread: Int, number: Int)] = []
        let mailbox = Mailbox<(thread: Int, number: Int)>(loop: loop) { received.append($0) }
        let threads = (0..<4).map { index in
            TestThread { for number in 0..<500 { mailbox.post((index, number)) } }
        }
        #expect(loop.turn { received.count == 2000 })
        for thread in threads { thread.join() }
        for index in 0..<4 {
            #expect(received.filter { $0.thread == index }.map(\.number) == Array(0..<500))
        }
    }

    @Test func `a message posted by the handler comes too`() {
        let loop = EventLoop()
        var received: [Int] = []
        var post: (Int) -> Void = { _ in }
        let mailbox = Mailbox<Int>(loop: loop) { message in
            received.append(message)
            if message < 5 { post(message + 1) }
        }
        post = { mailbox.post($0) }
        mailbox.post(0)
        #expect(loop.turn { received.count == 6 })
        #expect(received == Array(0...5))
        post = { _ in }
    }

    @Test func `a sleeping loop wakes for a message`() {
        let loop = EventLoop()
        var received = 0
        let mailbox = Mailbox<Int>(loop: loop) { received = $0 }
        let start = loop.now
        // A timer's turn is the last before the loop sleeps, as nothing else is due.
        let isTurning = Flag()
        let timer = loop.timer { isTurning.set() }
        timer.arm(milliseconds: 1)
        let thread = TestThread {
            isTurning.wait()
            mailbox.post(7)
        }
        #expect(loop.turn { received == 7 })
        #expect(loop.now.seconds(since: start) < 4, "long before the deadline")
        thread.join()
    }
}
