import Glibc

/// Writing to the terminal, for commands.
enum StandardStreams {
    static func printError(_ text: String) { _ = write(text + "\n", to: STDERR_FILENO) }

    static func print(_ text: String) { _ = write(text + "\n", to: STDOUT_FILENO) }

    /// Without a line end. False: nobody reads standard output any more.
    static func put(_ text: String) -> Bool { write(text, to: STDOUT_FILENO) }

    /// Without a line end.
    static func prompt(_ text: String) { _ = write(text, to: STDERR_FILENO) }

    /// Unbuffered, so that whoever waits for a line gets it.
    private static func write(_ text: String, to descriptor: Int32) -> Bool {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { return false }
            bytes = bytes.dropFirst(count)
        }
        return true
    }
}
