/// A program that was started.
package protocol RunningProgram: AnyObject {
    /// Ends of the pipes to its standard input, output and error: non-blocking, closed on exec. Whoever started the
    /// program closes them.
    var input: Int32 { get }
    var output: Int32 { get }
    var errors: Int32 { get }
    /// Kills it with all that it has started in its group. Calling it again, or after the exit, does nothing.
    func kill()
}
