/// The lines of one worker's requests that wait for places which are counted in Redis, by counter.
///
/// Within a line a higher class goes first, and within a class who came first. Only the first of a line asks Redis, one
/// question at a time.
struct LimitLines {
    private struct Line {
        var waiting: [LimitAsking] = []
        var isAsking = false
    }

    private var lines: [String: Line] = [:]

    var isEmpty: Bool { lines.isEmpty }
    var keys: [String] { Array(lines.keys) }

    /// Whether others than it wait for a place of this counter, and it is not their first.
    func isBehind(_ asking: LimitAsking, _ key: String) -> Bool {
        lines[key].map { $0.waiting.first !== asking } ?? false
    }

    mutating func join(_ asking: LimitAsking, _ key: String, priority: Int) {
        asking.line = key
        asking.priority = priority
        var line = lines[key] ?? Line()
        let place = line.waiting.firstIndex { $0.priority > priority } ?? line.waiting.count
        line.waiting.insert(asking, at: place)
        lines[key] = line
    }

    mutating func leave(_ asking: LimitAsking) {
        guard let key = asking.line else { return }
        asking.line = nil
        lines[key]?.waiting.removeAll { $0 === asking }
        if lines[key]?.waiting.isEmpty == true { lines[key] = nil }
    }

    /// The first of a line, if it is not asking already; it is from now on.
    mutating func begin(_ key: String) -> LimitAsking? {
        guard let line = lines[key], !line.isAsking, let first = line.waiting.first else { return nil }
        lines[key]?.isAsking = true
        return first
    }

    /// The first of a line has its answer.
    mutating func end(_ key: String) { lines[key]?.isAsking = false }
}
