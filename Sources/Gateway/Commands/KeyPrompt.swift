import Glibc

/// Reads a key from standard input.
enum KeyPrompt {
    /// Why there is no key.
    enum Failure: Error, CustomStringConvertible {
        case empty
        case unusable
        case tooLong

        var description: String {
            switch self {
            case .empty: "No key on standard input."
            case .unusable: "A key is visible ASCII without blanks; other characters cannot stand in a header."
            case .tooLong: "A key has at most \(KeyPrompt.limit) characters."
            }
        }
    }

    private static let limit = 4096

    /// The first line, without its end. At a terminal it is asked for and not shown.
    static func read() throws(Failure) -> [UInt8] {
        let line = isatty(STDIN_FILENO) == 1 ? hidden(line) : line()
        guard !line.isEmpty else { throw .empty }
        guard line.count <= limit else { throw .tooLong }
        guard line.allSatisfy({ (0x21...0x7E).contains($0) }) else { throw .unusable }
        return line
    }

    private static func line() -> [UInt8] {
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while line.count <= limit, unsafe Glibc.read(STDIN_FILENO, &byte, 1) == 1, byte != UInt8(ascii: "\n") {
            line.append(byte)
        }
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        return line
    }

    /// Reads with the terminal's echo switched off. Signals from the keyboard are off as well, so that none of them
    /// leaves the terminal without its echo.
    private static func hidden(_ read: () -> [UInt8]) -> [UInt8] {
        var settings = termios()
        guard unsafe tcgetattr(STDIN_FILENO, &settings) == 0 else { return read() }
        var silent = settings
        silent.c_lflag &= ~tcflag_t(ECHO | ISIG)
        unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent)
        defer { unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &settings) }
        StandardStreams.prompt("Key: ")
        defer { StandardStreams.printError("") }
        return read()
    }
}
