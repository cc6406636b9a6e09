/// Starts programs for the adapters that need one. The loop provides it.
package protocol ProgramRunner: AnyObject {
    /// Starts a program in a process group of its own, without a shell. `didExit` is called once, on the loop's thread,
    /// after this has returned, also when the program was killed.
    func start(
        _ program: Program, didExit: @escaping (ProgramExit) -> Void
    ) throws(ProgramFailure) -> any RunningProgram
}
