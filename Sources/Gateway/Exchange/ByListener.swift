/// What listeners have of a configuration, by their names: they are few, so they are gone through.
struct ByListener<Value> {
    private let entries: [(listener: String, value: Value)]

    /// Listeners for which `make` gives nil have nothing.
    init(_ configuration: Configuration, _ make: (_ listener: String) -> Value?) {
        entries = configuration.listeners.compactMap { listener in
            make(listener.name).map { (listener.name, $0) }
        }
    }

    subscript(listener: String) -> Value? { entries.first { $0.listener == listener }?.value }

    var values: some Sequence<Value> { entries.lazy.map(\.value) }
}
