/// What a descriptor is watched for, or found ready for. The values are libuv's.
package struct Readiness: OptionSet, Sendable {
    package let rawValue: Int32

    package init(rawValue: Int32) { self.rawValue = rawValue }

    package static let readable = Readiness(rawValue: 1)
    package static let writable = Readiness(rawValue: 2)
    /// The peer has gone; seen even while `readable` is not wanted.
    package static let disconnect = Readiness(rawValue: 4)
    /// The descriptor has an error; comes with `readable`, since reading tells which. Never wanted, always told.
    package static let failed = Readiness(rawValue: 256)
}
