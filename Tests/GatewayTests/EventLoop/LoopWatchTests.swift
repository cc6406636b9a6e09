import Glibc
import Testing
import Upstreams

@testable import Gateway

/// What the loop tells of descriptors.
struct LoopWatchTests {
    @Test func `bytes make a descriptor readable, room makes it writable`() throws {
        let loop = EventLoop()
        let (ours, peer) = try TestSocket.pair()
        var told: [Readiness] = []
        let watch = loop.watch(descriptor: ours.descriptor) { told.append($0) }
        loop.turn(for: 5)
        #expect(told.isEmpty, "nothing is wanted yet")
        watch.want(.writable)
        #expect(loop.turn { !told.isEmpty })
        #expect(told[0] == .writable)
        watch.want(.readable)
        told = []
        loop.turn(for: 5)
        #expect(told.isEmpty)
        peer.send("x")
        #expect(loop.turn { !told.isEmpty })
        #expect(told[0] == .readable)
        watch.stop()
    }

    @Test func `readiness is told again until it is dealt with`() throws {
        let loop = EventLoop()
        let (ours, peer) = try TestSocket.pair()
        var count = 0
        let watch = loop.watch(descriptor: ours.descriptor) { _ in count += 1 }
        watch.want(.readable)
        peer.send("x")
        #expect(loop.turn { count == 3 })
        #expect(ours.receive() == Array("x".utf8))
        let before = count
        loop.turn(for: 10)
        #expect(count <= before + 1)
        watch.stop()
    }

    @Test func `a descriptor that nobody wants costs one turn, not a turn each time`() throws {
        let loop = EventLoop()
        let (ours, peer) = try TestSocket.pair()
        var count = 0
        let watch = loop.watch(descriptor: ours.descriptor) { _ in count += 1 }
        watch.want(.readable)
        loop.turn(for: 5)
        watch.want([])
        let before = loop.turns
        peer.send("x")
        loop.turn(for: 40)
        #expect(count == 0, "what nobody wants is not told")
        #expect(loop.turns - before <= 6, "the loop does not spin on the unread byte")
        watch.want(.readable)
        #expect(loop.turn { count == 1 }, "the byte that came meanwhile is told")
        watch.stop()
    }

    @Test func `wanting it again before anything came tells it as ever`() throws {
        let loop = EventLoop()
        let (ours, peer) = try TestSocket.pair()
        var count = 0
        let watch = loop.watch(descriptor: ours.descriptor) { _ in
            count += 1
            _ = ours.receive()
        }
        for expected in 1...5 {
            watch.want(.readable)
            peer.send("x")
            #expect(loop.turn { count == expected })
            watch.want([])
            loop.turn(for: 2)
        }
        watch.stop()
    }

    @Test func `a peer that leaves is told to those who want it`() throws {
        let loop = EventLoop()
        let (ours, peer) = try TestSocket.pair()
        var told: [Readiness] = []
        let watch = loop.watch(descriptor: ours.descriptor) { told.append($0) }
        watch.want(.disconnect)
        peer.send("unread")
        loop.turn(for: 5)
        #expect(told.isEmpty, "bytes alone are not a leave")
        peer.end()
        #expect(loop.turn { !told.isEmpty })
        #expect(told[0].contains(.disconnect))
        watch.stop()
    }

    @Test func `an error is told with readable, as often as it takes to read it`() throws {
        let loop = EventLoop()
        let (ours, peer) = try TestSocket.tcpPair()
        var told: [Readiness] = []
        let watch = loop.watch(descriptor: ours.descriptor) { told.append($0) }
        watch.want([.readable])
        var reset = linger(l_onoff: 1, l_linger: 0)
        unsafe setsockopt(
            peer.descriptor, SOL_SOCKET, SO_LINGER, &reset, socklen_t(MemoryLayout<linger>.size))
        peer.end()
        #expect(loop.turn { told.count >= 3 }, "it keeps being told while it is not read")
        #expect(told.allSatisfy { $0.contains([.readable, .failed]) || $0.contains(.readable) })
        watch.stop()
        let count = told.count
        loop.turn(for: 10)
        #expect(told.count == count)
    }

    @Test func `nothing is told after stop, also of what is ready already`() throws {
        let loop = EventLoop()
        let (first, firstPeer) = try TestSocket.pair()
        let (second, secondPeer) = try TestSocket.pair()
        var told: [String] = []
        var watches: [any DescriptorWatch] = []
        // Both are ready in the same turn; whichever is first stops both.
        for (name, end) in [("first", first), ("second", second)] {
            let watch = loop.watch(descriptor: end.descriptor) { _ in
                told.append(name)
                for watch in watches { watch.stop() }
            }
            watch.want(.readable)
            watches.append(watch)
        }
        firstPeer.send("x")
        secondPeer.send("x")
        loop.turn(for: 20)
        #expect(told.count == 1)
        for watch in watches {
            watch.stop()
            watch.want(.readable)
        }
        loop.turn(for: 10)
        #expect(told.count == 1, "a stopped watch stays stopped")
    }

    @Test func `a descriptor's number that is used again does not reach the old handler`() throws {
        let loop = EventLoop()
        let (old, oldPeer) = try TestSocket.pair()
        let (new, newPeer) = try TestSocket.pair()
        var told: [String] = []
        let oldWatch = loop.watch(descriptor: old.descriptor) { _ in told.append("old") }
        oldWatch.want(.readable)
        oldPeer.send("x")
        oldWatch.stop()
        // The new connection takes over the number at once, before the loop has turned.
        #expect(dup2(new.descriptor, old.descriptor) == old.descriptor)
        let newWatch = loop.watch(descriptor: old.descriptor) { _ in
            told.append("new")
            _ = old.receive()
        }
        newWatch.want(.readable)
        newPeer.send("y")
        #expect(loop.turn { !told.isEmpty })
        loop.turn(for: 5)
        #expect(told == ["new"])
        newWatch.stop()
    }
}
