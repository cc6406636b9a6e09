/// The numbers of one label set on one worker.
///
/// Found once per request (or once per connection, or kept as long as its registry lives) and then added to in plain
/// integers. Belongs to the worker's thread; never handed to another one.
final class MetricSeries<Key: MetricKey> {
    let key: Key
    var values: Key.Values

    init(_ key: Key) {
        self.key = key
        values = Key.Values()
    }
}
