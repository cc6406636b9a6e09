@testable import Gateway

/// Keeps what it is to show.
final class RecordingDisplay: ChatDisplay {
    private(set) var pieces: [ChatPiece] = []
    private(set) var events: [String] = []
    var isClosed = false

    func show(_ piece: ChatPiece) { pieces.append(piece) }

    func event(_ data: String, type: String) { events.append(type + "|" + data) }

    /// The answer's text as it would stand on the screen.
    var text: String {
        pieces.map { piece in
            guard case .text(let text) = piece else { return "" }
            return text
        }.joined()
    }

    var notes: [String] {
        pieces.compactMap { piece in
            guard case .note(let note) = piece else { return nil }
            return note
        }
    }
}
