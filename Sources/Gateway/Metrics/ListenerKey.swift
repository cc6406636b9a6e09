/// The label of a listener: its configured name.
struct ListenerKey: MetricKey {
    typealias Values = ListenerValues

    let name: String

    static let other = Self(name: "other")
}
