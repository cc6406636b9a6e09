/// Those who wait for a place: by class, and within a class in the order of their coming.
struct WaitingLine: Sendable {
    struct Ticket: Hashable, Comparable, Sendable {
        /// 0 goes first.
        let priority: Int
        /// Rises with each ticket.
        let number: Int

        static func < (a: Self, b: Self) -> Bool { (a.priority, a.number) < (b.priority, b.number) }
    }

    private var tickets: [Ticket] = []

    init() {}

    var count: Int { tickets.count }
    var first: Ticket? { tickets.first }

    mutating func insert(_ ticket: Ticket) { tickets.insert(ticket, at: place(of: ticket)) }

    mutating func remove(_ ticket: Ticket) {
        let place = place(of: ticket)
        if place < tickets.count, tickets[place] == ticket { tickets.remove(at: place) }
    }

    private func place(of ticket: Ticket) -> Int {
        var low = 0
        var high = tickets.count
        while low < high {
            let middle = (low + high) / 2
            if tickets[middle] < ticket { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
