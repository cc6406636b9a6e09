/// What Redis has still to be told of limits: what was taken and given back while it could not be reached. Bounded.
struct LimitJournal {
    /// Operations that are told as one, once: Redis remembers their number.
    struct Batch {
        let number: Int
        let operations: [LimitOperation]
    }

    /// Most operations that are kept.
    static let maxOperations = 20_000
    /// Most operations of a batch, so that no other command waits long for it.
    static let batchSize = 200

    private var operations: [LimitOperation] = []
    /// Where in `operations` the last change of a counter is.
    private var places: [String: Int] = [:]
    /// Told, but not known to have been heard.
    private var batches: [Batch] = []
    private var lastNumber = 0
    /// Operations that were given up for want of room.
    private(set) var dropped = 0

    var isEmpty: Bool { operations.isEmpty && batches.isEmpty }
    var count: Int { operations.count + batches.reduce(0) { $0 + $1.operations.count } }

    mutating func append(_ operation: LimitOperation) {
        if let place = places[operation.key], operations[place].merge(operation) { return }
        guard count < Self.maxOperations else {
            dropped += 1
            return
        }
        if case .change = operation.kind { places[operation.key] = operations.count }
        operations.append(operation)
    }

    /// All that is to be told, in order. A batch that was not heard comes back with `putBack`.
    mutating func take() -> [Batch] {
        var taken = batches
        batches = []
        var first = 0
        while first < operations.count {
            let end = min(first + Self.batchSize, operations.count)
            lastNumber += 1
            taken.append(Batch(number: lastNumber, operations: Array(operations[first..<end])))
            first = end
        }
        operations = []
        places = [:]
        return taken
    }

    mutating func putBack(_ batch: Batch) { batches.append(batch) }
}
