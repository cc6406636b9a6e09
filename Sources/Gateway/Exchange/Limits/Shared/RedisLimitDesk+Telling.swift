import Policies
import Upstreams

/// What Redis is told without anyone waiting for it: changes, renewals, and that this replica lives.
extension RedisLimitDesk {
    /// Microseconds for which a replica counts without another beat.
    private static let life = 5_000_000
    /// Milliseconds between two beats, and while Redis is away.
    private static let beatInterval = (usual: 1000, away: 100)
    /// Milliseconds for which Redis remembers replicas and their commands without another beat.
    private static let memoryLife = 3_600_000
    /// Milliseconds between two renewals at most.
    private static let longestRenewal = 20_000
    /// Most places that one command renews.
    private static let renewalSize = 200

    // MARK: Changes

    /// `isLocal`: the times are of the loop's clock.
    func operations(_ changes: [LimitChange], isLocal: Bool) -> [LimitOperation] {
        changes.map { change in
            let time = change.time.map { isLocal ? clock.time($0) : $0 / 1000 } ?? 0
            return LimitOperation(key: key(change.rule, change.subject), kind: .change(change, time: time))
        }
    }

    /// Tells Redis at the end of this turn, together with what others have to tell, or when it is back.
    func send(_ operations: [LimitOperation]) {
        for operation in operations where !journal.append(operation, merges: isAway) { replica.noteForgotten(1) }
        guard !operations.isEmpty, !isAway, !isFlushDue else { return }
        isFlushDue = true
        local.loop.atEndOfTurn(self)
    }

    /// Tells Redis what it has missed before anything else.
    func flush() {
        guard !isAway, !journal.isEmpty else { return }
        for batch in journal.take() { tell(batch) }
    }

    /// Keeps for later what Redis is to be told.
    func keep(_ batch: LimitBatch) {
        guard !batch.operations.isEmpty else { return }
        if !journal.putBack(batch) { replica.noteForgotten(batch.operations.count) }
    }

    private func tell(_ batch: LimitBatch) {
        var keys = [memory]
        var arguments = RedisArguments()
        arguments.add(deadline)
        arguments.add(batch.number)
        arguments.add(batch.undoes ? 1 : 0)
        var packed = LimitPacking(capacity: batch.operations.count * LimitWire.changeWidth)
        var holders = RedisArguments()
        for operation in batch.operations {
            keys.append(operation.key)
            switch operation.kind {
            case .change(let change, let time): LimitWire.pack(change, time: time, to: &packed)
            case .release(let holder):
                LimitWire.packRelease(to: &packed)
                holders.add(holder)
            }
        }
        arguments.add(packed.bytes)
        arguments.add(contentsOf: holders)
        client.run(scripts.settle, keys: keys, arguments: arguments) { [weak self] in self?.didTell(batch, $0) }
    }

    private func didTell(_ batch: LimitBatch, _ result: RedisResult) {
        switch result {
        case .failure(let error):
            if error.isOfCommand { replica.noteForgotten(batch.operations.count) } else { keep(batch) }
            didFail(error)
        case .success(let reply):
            guard reply.count == 2, reply.withElement(0, { $0.integer }) == 2 else { return }
            if let time = reply.withElement(1, { $0.integer }) { clock.note(time, at: local.now, isCertain: true) }
            keep(batch)
            didFail(.timeout)
        }
    }

    func didFail(_ error: RedisError) {
        guard !isAway, !error.isOfCommand else { return }
        isAway = true
        beatTimer?.arm(milliseconds: Self.beatInterval.away)
    }

    // MARK: Beats

    /// Shows that this replica lives, and learns whether Redis does and what it still knows.
    func beat() {
        var arguments = RedisArguments()
        arguments.add(replica.id)
        arguments.add(Self.life)
        arguments.add(Hexadecimal.encode(RandomBytes.make(8)))
        arguments.add(Self.memoryLife)
        let keys = ["\(prefix){limits}:replicas", "\(prefix){limits}:mark", memory]
        client.run(scripts.beat, keys: keys, arguments: arguments) { [weak self] result in self?.didBeat(result) }
    }

    private func didBeat(_ result: RedisResult) {
        guard case .success(let reply) = result, reply.count == 3, let time = reply.withElement(0, { $0.integer }),
            let count = reply.withElement(1, { $0.integer }), let found = reply.withElement(2, { $0.string })
        else {
            isAway = true
            beatTimer?.arm(milliseconds: Self.beatInterval.away)
            return
        }
        beatTimer?.arm(milliseconds: Self.beatInterval.usual)
        clock.note(time, at: local.now)
        replica.note(count: count)
        let isOther = mark != nil && mark != found
        mark = found
        guard isAway || isOther else { return }
        isAway = false
        flush()
        renew()
    }

    // MARK: Leases

    /// Three renewals fit into a lease, so that one that comes late loses nothing.
    func armRenewal(lease: Int) {
        let wanted = min(Self.longestRenewal, max(1, lease / 3_000_000))
        if let renewalInterval, renewalInterval <= wanted { return }
        renewalInterval = wanted
        renewalTimer?.arm(milliseconds: wanted)
    }

    func renewInTime() {
        let leases = held.values.compactMap(\.grant.lease)
        renewalInterval = nil
        if let shortest = leases.min() { armRenewal(lease: shortest) }
        if !isAway { renew() }
    }

    /// Renews all places, and takes those anew that Redis does not know (any more).
    private func renew() { renew(Array(held.values)) }

    func renew(_ held: [Held]) {
        let places = held.flatMap { held in
            held.grant.places.map { (key: key($0.rule, $0.subject), lease: $0.lease, holder: holder(held.grant.id)) }
        }
        for first in stride(from: 0, to: places.count, by: Self.renewalSize) {
            let part = places[first..<min(first + Self.renewalSize, places.count)]
            var arguments = RedisArguments()
            for place in part {
                arguments.add(place.lease / 1000)
                arguments.add(place.holder)
            }
            client.run(scripts.renew, keys: part.map(\.key), arguments: arguments) { [weak self] result in
                if case .failure(let error) = result { self?.didFail(error) }
            }
        }
    }
}

extension RedisLimitDesk: TurnTask {
    func runAtEndOfTurn() {
        isFlushDue = false
        flush()
    }
}

extension RedisError {
    /// Whether it is this command's own fault, which sending it again does not mend; others are served.
    fileprivate var isOfCommand: Bool {
        switch self {
        case .wrongType, .crossSlot: true
        case .other(let text): text.hasPrefix("ERR")
        default: false
        }
    }
}
