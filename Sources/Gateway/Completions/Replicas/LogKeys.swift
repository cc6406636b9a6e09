/// The names of the keys in the shared store, with its prefix in front.
struct LogKeys: Sendable {
    let prefix: String

    /// Which log answers a question: `live ID FORM 0`, or `done ID FORM TIME`.
    func claim(_ address: LogAddress) -> String { "\(prefix)key:{\(address.tag)}" }

    /// The events: a stream of `LogRecord`.
    func log(_ address: LogAddress) -> String { logs(address) + address.id.description }

    /// There as long as its writer is believed to live.
    func lease(_ address: LogAddress) -> String { "\(prefix)lease:{\(address.tag)}:\(address.id)" }

    /// Workers of other replicas that follow it: a sorted set, by the time until which they are believed to.
    func readers(_ address: LogAddress) -> String { "\(prefix)readers:{\(address.tag)}:\(address.id)" }

    /// A client's right to come back: a hash of `TicketRecord`.
    func ticket(_ id: LogID) -> String { "\(prefix)ticket:{\(id)}" }

    /// What the names of all logs of a question begin with.
    func logs(_ address: LogAddress) -> String { "\(prefix)log:{\(address.tag)}:" }
}
