/// How a program ended.
package enum ProgramExit: Equatable, Sendable {
    case status(Int)
    case signal(Int)
}
