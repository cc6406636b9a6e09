import Upstreams

/// The requests under way at one worker, or at all of them.
struct RequestListing: Sendable {
    /// How many there are.
    private(set) var total: Int
    /// The oldest of them, oldest first.
    private(set) var oldest: [RequestActivity]

    /// Most requests that are told.
    static let limit = 500

    init(total: Int = 0, oldest: [RequestActivity] = []) {
        self.total = total
        self.oldest = oldest
    }

    /// Those of several workers together.
    init(_ parts: [RequestListing]) {
        total = parts.reduce(0) { $0 + $1.total }
        oldest = Array(parts.flatMap(\.oldest).sorted { $0.entry.time < $1.entry.time }.prefix(Self.limit))
    }

    func write(to writer: inout JSONWriter) {
        writer.member("object", "list")
        writer.member("total", total)
        writer.array("data") { list in
            for request in oldest { list.object { request.write(to: &$0) } }
        }
    }
}
