import Upstreams

/// Who reads one stream of the shared store from its beginning on, by way of a `LogFeed`.
protocol StreamFollower: AnyObject {
    /// The id of the last entry that was read.
    var lastID: String { get }
    /// Takes entries as `XREAD` gives them, `[[id, [field, value, …]], …]`; some may be known already.
    func take(_ entries: RedisReply)
    /// The store does not answer; the feed tries again.
    func didFail()
}
