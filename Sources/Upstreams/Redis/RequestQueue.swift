/// A first-in, first-out queue that gives its places back in bulk.
struct RequestQueue<Element> {
    private var elements: [Element?] = []
    private var head = 0

    var count: Int { elements.count - head }
    var isEmpty: Bool { count == 0 }

    mutating func append(_ element: Element) { elements.append(element) }

    mutating func popFirst() -> Element? {
        guard head < elements.count else { return nil }
        let element = elements[head]
        elements[head] = nil
        head += 1
        if head == elements.count {
            elements.removeAll(keepingCapacity: elements.capacity <= 4096)
            head = 0
        } else if head >= 1024, head * 2 >= elements.count {
            elements.removeFirst(head)
            head = 0
        }
        return element
    }

    /// All elements, in order; the queue is empty afterwards.
    mutating func takeAll() -> [Element] {
        defer { self = Self() }
        return elements[head...].compactMap { $0 }
    }

    /// Changes each element in turn.
    mutating func updateEach(_ change: (inout Element) -> Void) {
        for index in head..<elements.count {
            guard var element = elements[index] else { continue }
            elements[index] = nil
            change(&element)
            elements[index] = element
        }
    }
}
