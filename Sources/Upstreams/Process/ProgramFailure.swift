/// A program that cannot be started; the reason is the system's.
package struct ProgramFailure: Error {
    package let reason: String

    package init(reason: String) { self.reason = reason }
}
