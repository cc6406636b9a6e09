import Policies
import Upstreams

/// What Redis is told without anyone waiting for it: changes, renewals, and that this replica lives.
extension RedisLimitDesk {
    /// Microseconds for which a replica counts without another beat.
    private static let life = 5_000_000
    /// Milliseconds between two beats, and while Redis is away.
    private static let beatInterval = (usual: 1000, away: 100)
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

    /// Tells Redis, now or when it is back.
    func send(_ operations: [LimitOperation]) {
        guard !operations.isEmpty else { return }
        guard !isAway else {
            for operation in operations { journal.append(operation) }
            return
        }
        flush()
        tell(operations, once: nil) { [weak self] error in
            guard let self, let error else { return }
            didFail(error)
            for operation in operations where error.isHarmless || !operation.givesBack { journal.append(operation) }
        }
    }

    /// Tells Redis what it has missed, in order, before anything else.
    func flush() {
        guard !isAway, !journal.isEmpty, client.state == .ready else { return }
        for batch in journal.take() {
            let name = "\(prefix){limits}:done:\(holder(batch.number))"
            tell(batch.operations, once: name) { [weak self] error in
                guard let self, let error else { return }
                journal.putBack(batch)
                didFail(error)
            }
        }
    }

    /// `once`: the key by which Redis remembers that it was done.
    private func tell(_ operations: [LimitOperation], once: String?, _ done: @escaping (RedisError?) -> Void) {
        var keys = [once ?? "\(prefix){limits}:done"]
        var arguments = RedisArguments()
        arguments.add(deadline)
        arguments.add(once == nil ? 0 : 1)
        for operation in operations {
            keys.append(operation.key)
            switch operation.kind {
            case .change(let change, let time): LimitWire.append(change, time: time, to: &arguments)
            case .release(let holder): LimitWire.appendRelease(of: holder, to: &arguments)
            }
        }
        client.run(scripts.settle, keys: keys, arguments: arguments) { [weak self] result in
            switch result {
            case .failure(let error): done(error)
            case .success(let reply):
                let isLate = reply.count == 2 && reply.withElement(0) { $0.integer } == 2
                if isLate, let self, let time = reply.withElement(1, { $0.integer }) {
                    clock.note(time, at: local.now, isCertain: true)
                }
                done(isLate ? .unavailable : nil)
            }
        }
    }

    func didFail(_ error: RedisError) {
        guard !isAway else { return }
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
        let keys = ["\(prefix){limits}:replicas", "\(prefix){limits}:mark"]
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
    private func renew() {
        let places = held.values.flatMap { held in
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

extension LimitOperation {
    /// Whether a limit has more room by it.
    fileprivate var givesBack: Bool {
        switch kind {
        case .change(let change, _): change.amount < 0
        // A second time does nothing.
        case .release: false
        }
    }
}

extension RedisError {
    /// Whether the command was certainly not carried out, so that it may be sent again. A time-out counts: who comes too
    /// late finds its deadline passed.
    fileprivate var isHarmless: Bool {
        switch self {
        case .connectionLost, .protocolViolation, .other: false
        default: true
        }
    }
}
