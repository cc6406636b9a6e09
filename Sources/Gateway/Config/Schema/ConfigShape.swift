/// What a value of the configuration may look like, as recorded from the very code that reads it.
package indirect enum ConfigShape: Sendable {
    case integer(ClosedRange<Int>, ConfigUnit)
    case number(ClosedRange<Double>, ConfigUnit)
    case boolean
    /// Text that matches a regular expression (ECMA-262), and in words what it is.
    case string(pattern: String?, meaning: String)
    case choice([String])
    case list(of: ConfigShape, minimum: Int)
    /// An object whose member names are free.
    case map(of: ConfigShape, minimum: Int)
    case object([ConfigField])
    /// Objects told apart by the text of one member.
    case variants(member: String, [ConfigVariantShape])
    case oneOf([ConfigShape])
    /// Any JSON value.
    case any
    /// A setting of a later version: only null is accepted.
    case unavailable
}
