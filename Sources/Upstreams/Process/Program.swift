/// What is started.
package struct Program: Sendable {
    /// The program's absolute path, and its arguments.
    package var command: [String]
    /// `NAME=value`; nothing else is in its environment.
    package var environment: [String]
    /// Where it works; nil: where the gateway does.
    package var directory: String?
    /// Bytes of address space; nil: no bound.
    package var maxMemory: Int?

    package init(command: [String], environment: [String], directory: String?, maxMemory: Int?) {
        self.command = command
        self.environment = environment
        self.directory = directory
        self.maxMemory = maxMemory
    }
}
