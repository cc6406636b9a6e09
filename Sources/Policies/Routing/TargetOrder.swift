/// The order in which targets are asked.
package enum TargetOrder {
    /// Every place of `targets` once, the first choice first.
    ///
    /// - Parameters:
    ///   - turn: counts the requests, for `roundRobin`.
    ///   - hash: of what shall stay together, for `hash`.
    package static func make(
        _ balance: Balance, _ targets: [TargetFigures], turn: Int = 0, hash: UInt64 = 0, random: inout SplitMix64
    ) -> [Int] {
        guard targets.count > 1 else { return Array(targets.indices) }
        switch balance {
        case .weighted: return drawn(targets, random: &random)
        case .roundRobin: return inTurn(targets, turn)
        case .leastInFlight:
            // Shuffled first: the sort is stable, and equals take turns.
            return sorted(drawn(targets, random: &random)) {
                Double(targets[$0].inFlight + 1) / Double(targets[$0].weight)
            }
        case .latency: return byLatency(targets, random: &random)
        case .cost:
            return sorted(drawn(targets, random: &random)) { targets[$0].price ?? .infinity }
        case .hash:
            return sorted(Array(targets.indices)) {
                Rendezvous.distance(hash, targets[$0].name, weight: targets[$0].weight)
            }
        }
    }

    /// One after another, by weight, without putting any back.
    private static func drawn(_ targets: [TargetFigures], random: inout SplitMix64) -> [Int] {
        var left = Array(targets.indices)
        var order: [Int] = []
        while left.count > 1 {
            let place = WeightedChoice(left.map { targets[$0].weight }).pick(random.next())
            order.append(left.remove(at: place))
        }
        return order + left
    }

    /// Each target gets its weight's share of the turns, spread evenly: a step near the golden section of the sum visits
    /// every point once.
    private static func inTurn(_ targets: [TargetFigures], _ turn: Int) -> [Int] {
        let choice = WeightedChoice(targets.map(\.weight))
        let sum = targets.reduce(0) { $0 + $1.weight }
        var step = max(1, Int(Double(sum) * 0.618))
        while greatestDivisor(step, sum) != 1 { step += 1 }
        let first = choice.pick(UInt64((turn % sum) * step % sum))
        return targets.indices.map { (first + $0) % targets.count }
    }

    private static func greatestDivisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : greatestDivisor(b, a % b) }

    private static func byLatency(_ targets: [TargetFigures], random: inout SplitMix64) -> [Int] {
        func score(_ place: Int) -> Double { targets[place].latency * Double(targets[place].inFlight + 1) }
        let order = drawn(targets, random: &random)
        let pair = sorted(Array(order[..<2]), by: score)
        return [pair[0]] + sorted([pair[1]] + order[2...], by: score)
    }

    /// Stable, lowest first.
    private static func sorted(_ places: [Int], by score: (Int) -> Double) -> [Int] {
        let scores = places.map(score)
        return places.indices.sorted { (scores[$0], $0) < (scores[$1], $1) }.map { places[$0] }
    }
}
