import Glibc

/// Shows an answer on the terminal: its text on standard output, all else on standard error.
///
/// Colours go to a terminal only, and not if NO_COLOR is set. To a terminal goes no control character of an answer.
final class ChatScreen: ChatDisplay {
    /// What of an answer is shown.
    enum Content {
        case text
        case events
        case nothing
    }

    private let content: Content
    private let isTerminal = isatty(STDOUT_FILENO) == 1
    private let hasColours: Bool
    private var isInLine = false
    private(set) var isClosed = false

    init(_ content: Content) {
        self.content = content
        let noColour = ConfigLoader.processEnvironment("NO_COLOR") ?? ""
        hasColours = isatty(STDERR_FILENO) == 1 && noColour.isEmpty
    }

    func show(_ piece: ChatPiece) {
        guard content == .text else { return }
        switch piece {
        case .text(let text):
            write(text)
        case .note(let note):
            tell(note, colour: "2")
        }
    }

    func event(_ data: String, type: String) {
        guard content == .events else { return }
        write(type.isEmpty ? data + "\n" : type + " " + data + "\n")
    }

    /// Tells how it ended, if there is something to tell, and ends the last line.
    func end(_ ending: ChatEnding) {
        endLine()
        if let message = ending.message { tell("Error: " + message, colour: "31") }
    }

    /// One line on standard error.
    func tell(_ line: String, colour: String) {
        if isTerminal { endLine() }
        let line = ClientText.harmless(line)
        StandardStreams.printError(hasColours ? "\u{1B}[\(colour)m\(line)\u{1B}[0m" : line)
    }

    private func endLine() {
        if isInLine { write("\n") }
    }

    private func write(_ text: String) {
        guard !text.isEmpty, !isClosed else { return }
        isClosed = !StandardStreams.put(isTerminal ? ClientText.harmless(text) : text)
        isInLine = text.utf8.last != UInt8(ascii: "\n")
    }
}
