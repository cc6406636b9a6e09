import Testing

@testable import Gateway

/// The order of use, compared with a plain list that is searched.
struct RecencyTableTests {
    /// Oldest first.
    private struct Naive {
        var entries: [(key: Int, value: Int)] = []

        subscript(key: Int) -> Int? { entries.first { $0.key == key }?.value }

        mutating func use(_ key: Int) {
            guard let place = entries.firstIndex(where: { $0.key == key }) else { return }
            entries.append(entries.remove(at: place))
        }

        mutating func insert(_ value: Int, for key: Int) {
            _ = remove(key)
            entries.append((key, value))
        }

        mutating func remove(_ key: Int) -> Int? {
            entries.firstIndex { $0.key == key }.map { entries.remove(at: $0).value }
        }
    }

    @Test(arguments: 1...20) func `it does what a searched list does`(seed: UInt64) {
        var random = GuardRandom(seed: seed)
        var (table, naive) = (RecencyTable<Int, Int>(), Naive())
        for step in 0..<600 {
            let key = random.below(12)
            switch random.below(6) {
            case 0, 1:
                table.insert(step, for: key)
                naive.insert(step, for: key)
            case 2, 3:
                table.use(key)
                naive.use(key)
            case 4:
                #expect(table.remove(key) == naive.remove(key))
            default:
                if let oldest = table.leastRecent {
                    #expect(table.remove(oldest.key) == naive.remove(oldest.key))
                }
            }
            #expect(table[key] == naive[key])
            #expect(table.count == naive.entries.count)
            #expect(table.leastRecent?.key == naive.entries.first?.key)
        }
        #expect(table.entries.map(\.key).sorted() == naive.entries.map(\.key).sorted())
        var order: [Int] = []
        while let oldest = table.leastRecent {
            order.append(oldest.key)
            table.remove(oldest.key)
        }
        #expect(order == naive.entries.map(\.key))
    }
}
