import Upstreams

/// One worker's side of the lines for places at upstreams: who waits here, and the way back from other threads.
///
/// Belongs to the worker's loop and outlives reloads.
final class PlaceDesk {
    let loop: EventLoop
    private var waits: [Key: PlaceWait] = [:]
    private let grants: Mailbox<Grant>

    private struct Key: Hashable {
        let places: ObjectIdentifier
        let number: Int
    }

    private struct Grant: Sendable {
        let places: InFlight
        let number: Int
    }

    /// Must be made on the loop's thread.
    init(loop: EventLoop) {
        self.loop = loop
        let receiver = Receiver()
        grants = Mailbox(loop: loop) { receiver.desk?.receive($0) }
        receiver.desk = self
    }

    /// Lets the mailbox be made before the desk itself.
    private final class Receiver {
        weak var desk: PlaceDesk?
    }

    /// Stands in line for one of `limit` places. `then` hears once, later: the place, or nil when none came in time.
    /// Nil: `longest` wait already.
    func wait(
        for places: InFlight, atMost limit: Int, longest: Int, milliseconds: Int,
        then: @escaping (InFlight.Slot?) -> Void
    ) -> PlaceWait? {
        let grants = grants
        let number = places.wait(atMost: limit, longest: longest) {
            grants.post(Grant(places: places, number: $0))
        }
        guard let number else { return nil }
        let wait = PlaceWait(places, number, at: self, milliseconds: milliseconds, then)
        waits[Key(places: ObjectIdentifier(places), number: number)] = wait
        return wait
    }

    /// Ends a wait whose place has not been granted. False: the place is on its way here.
    fileprivate func leave(_ places: InFlight, _ number: Int) -> Bool {
        guard places.leave(number) else { return false }
        waits[Key(places: ObjectIdentifier(places), number: number)] = nil
        return true
    }

    private func receive(_ grant: Grant) {
        let slot = grant.places.adopt()
        // Nobody wants it any more: letting go of it serves the next in line.
        waits.removeValue(forKey: Key(places: ObjectIdentifier(grant.places), number: grant.number))?.granted(slot)
    }
}

/// A request that stands in line for a place at an upstream.
///
/// States: waiting → over, by a place, by the deadline or by `cancel`.
final class PlaceWait {
    private let places: InFlight
    private let number: Int
    private unowned let desk: PlaceDesk
    private var then: ((InFlight.Slot?) -> Void)?
    private var timer: (any ReactorTimer)?

    fileprivate init(
        _ places: InFlight, _ number: Int, at desk: PlaceDesk, milliseconds: Int,
        _ then: @escaping (InFlight.Slot?) -> Void
    ) {
        self.places = places
        self.number = number
        self.desk = desk
        self.then = then
        timer = desk.loop.timer { [unowned self] in expire() }
        timer?.arm(milliseconds: milliseconds)
    }

    /// Nobody wants the place any more.
    func cancel() {
        timer = nil
        then = nil
        _ = desk.leave(places, number)
    }

    fileprivate func granted(_ slot: InFlight.Slot) { finish(slot) }

    private func expire() {
        // A place that is on its way is taken, a little late.
        if desk.leave(places, number) { finish(nil) }
    }

    private func finish(_ slot: InFlight.Slot?) {
        timer = nil
        let then = then
        self.then = nil
        then?(slot)
    }
}
