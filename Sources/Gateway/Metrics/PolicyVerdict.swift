/// What a policy decided of a request, by the words of metrics and of the access log. In shadow mode: what it would have.
enum PolicyVerdict: String, Sendable {
    /// It went on as it was.
    case pass
    case refuse
    /// It went on after a change.
    case change
    /// It went on above a soft threshold, or since nobody could tell.
    case warn
    /// It had to wait for a place.
    case queue
}
