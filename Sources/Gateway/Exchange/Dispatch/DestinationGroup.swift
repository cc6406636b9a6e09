import Policies
import Upstreams

/// The targets of one model, made ready for one worker, and the order in which a request asks them.
final class DestinationGroup {
    let route: ModelTable.Route
    let turns: RouteTurns
    private let destinations: [Destination]
    /// Bytes of the messages that tell one prompt from another.
    private static let prefixBytes = 1024

    /// `destinations`: in the order of the model's targets.
    init(_ route: ModelTable.Route, _ destinations: [Destination], _ table: HealthTable) {
        self.route = route
        self.destinations = destinations.filter { $0.weight > 0 }
        turns = table.turns(route.name)
    }

    /// All targets, the first choice first. `model`: for targets that name none.
    func ordered(_ request: CompletionRequest, user: String?, model: String, _ service: Service) -> [Candidate] {
        let destinations = destinations(for: request.operation)
        guard destinations.count > 1 else { return destinations.map { candidate($0, model) } }
        let now = service.loop.now.wholeMilliseconds
        var random = SplitMix64(seed: service.random())
        let order = TargetOrder.make(
            route.balance, destinations.map { $0.figures(at: now, route.balance) },
            turn: route.balance == .roundRobin ? turns.next() : 0,
            hash: route.balance == .hash ? hash(request, user) : 0, random: &random)
        return order.map { candidate(destinations[$0], model) }
    }

    /// Whether a target can be asked for it at all.
    func serves(_ operation: ModelOperation) -> Bool { !destinations(for: operation).isEmpty }

    private func destinations(for operation: ModelOperation) -> [Destination] {
        operation == .chat ? destinations : destinations.filter { $0.adapter.serves(operation) }
    }

    private func candidate(_ destination: Destination, _ model: String) -> Candidate {
        Candidate(destination: destination, model: destination.model ?? model)
    }

    /// Whether a target is there that may be asked.
    func isUsable(at now: Int) -> Bool { destinations.contains { $0.isUsable(at: now) } }

    private func hash(_ request: CompletionRequest, _ user: String?) -> UInt64 {
        let root = request.document.root
        switch route.hashBy {
        case .user:
            let name = root["prompt_cache_key"]?.string ?? root["user"]?.string ?? user
            if let name { return Rendezvous.hash(name.utf8) }
            fallthrough
        case .prompt:
            let range = (root["messages"] ?? root["input"])?.range ?? 0..<0
            var bytes = ByteBuffer()
            request.document.withBytes { text in
                bytes.append(
                    text.extracting(range.lowerBound..<min(range.upperBound, range.lowerBound + Self.prefixBytes)))
            }
            return Rendezvous.hash(bytes.copy())
        }
    }
}

extension MonotonicTime {
    /// As the policies count time.
    var wholeMilliseconds: Int { Int(nanoseconds / 1_000_000) }
}
