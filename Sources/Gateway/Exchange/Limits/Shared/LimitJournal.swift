/// What Redis has still to be told of limits: what this turn has to tell, and what was taken and given back while it could
/// not be reached. Bounded.
struct LimitJournal {
    /// Most operations that are kept.
    static let maxOperations = 20_000
    /// Most operations of a batch, so that no other command waits long for it.
    static let batchSize = 200

    private var operations: [LimitOperation] = []
    /// Where in `operations` the last change of a counter is.
    private var places: [String: Int] = [:]
    /// Told, but not known to have been heard.
    private var batches: [LimitBatch] = []
    private var batched = 0
    private var lastNumber = 0

    var isEmpty: Bool { count == 0 }
    var count: Int { operations.count + batched }

    /// For a command of its own; grows.
    mutating func nextNumber() -> Int {
        lastNumber += 1
        return lastNumber
    }

    /// `merges`: whether it may become one with what is there of the same counter, at the later of their times. False:
    /// there is no room for it any more.
    mutating func append(_ operation: LimitOperation, merges: Bool) -> Bool {
        if merges, let place = places[operation.key], operations[place].merge(operation) { return true }
        guard count < Self.maxOperations else { return false }
        if case .change = operation.kind { places[operation.key] = operations.count }
        operations.append(operation)
        return true
    }

    /// A batch that was perhaps not heard. False: there is no room for it any more.
    mutating func putBack(_ batch: LimitBatch) -> Bool {
        guard count + batch.operations.count <= Self.maxOperations else { return false }
        batches.append(batch)
        batched += batch.operations.count
        return true
    }

    /// All that is to be told, in order.
    mutating func take() -> [LimitBatch] {
        var taken = batches
        for first in stride(from: 0, to: operations.count, by: Self.batchSize) {
            let part = operations[first..<min(first + Self.batchSize, operations.count)]
            taken.append(LimitBatch(number: nextNumber(), operations: Array(part)))
        }
        (batches, batched, operations, places) = ([], 0, [], [:])
        return taken
    }
}
