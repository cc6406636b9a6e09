/// What the clocks of a zone show during some time.
struct ZoneOffset: Hashable, Sendable {
    /// To be added to UTC.
    let seconds: Int
    let isDaylightSaving: Bool
    /// Such as `CET`; for zones without a name of its own a number such as `-03`.
    let abbreviation: String
}
