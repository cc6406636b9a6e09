import Upstreams

/// What the cache did for a request; told as `x-cache` (API page, "Common to all").
enum CacheStatus {
    /// A finished answer, so many milliseconds old.
    case hit(age: Int)
    /// An answer that is being written for somebody else.
    case live
    case miss
    /// The request did not want a kept answer, or the policy keeps none for it.
    case bypass

    var name: String {
        switch self {
        case .hit: "hit"
        case .live: "live"
        case .miss: "miss"
        case .bypass: "bypass"
        }
    }

    /// `x-cache`, and `age` (RFC 9111 section 5.1) with a hit.
    func write(to output: inout ByteBuffer) {
        output.appendField("x-cache", name)
        if case .hit(let age) = self { output.appendField("age", age / 1000) }
    }
}
