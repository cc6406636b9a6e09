import Foundation
import Synchronization

/// A provider on a thread of its own: takes one connection after another and does what the script of each says.
///
/// After its last script it takes no more connections. Reads and writes block; a test has its own deadline.
final class ScriptedServer: Sendable {
    enum Step: Sendable {
        /// Reads a whole request, whose body is by length.
        case request
        case send(String)
        /// Waits until the peer has closed.
        case awaitClose
    }

    struct Seen: Sendable, Equatable {
        var connections = 0
        var requests: [String] = []
        /// Connections that the peer closed while `awaitClose` waited.
        var closed = 0
    }

    let port: Int
    private let state = Mutex(Seen())

    var seen: Seen { state.withLock { $0 } }

    var url: String { "http://127.0.0.1:\(port)/v1" }

    init(_ scripts: [[Step]]) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        precondition(TestAddress.port(0).bind(listener) && listen(listener, 16) == 0, "no free port")
        port = TestAddress.port(of: listener)
        Thread.detachNewThread { [self] in
            for script in scripts {
                let peer = accept(listener, nil, nil)
                guard peer >= 0 else { break }
                state.withLock { $0.connections += 1 }
                for step in script { perform(step, peer) }
                close(peer)
            }
            close(listener)
        }
    }

    private func perform(_ step: Step, _ peer: Int32) {
        switch step {
        case .request:
            guard let request = readRequest(peer) else { return }
            state.withLock { $0.requests.append(request) }
        case .send(let text):
            let bytes = Array(text.utf8)
            _ = unsafe send(peer, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        case .awaitClose:
            var byte: UInt8 = 0
            while unsafe recv(peer, &byte, 1, 0) > 0 {}
            state.withLock { $0.closed += 1 }
        }
    }

    private func readRequest(_ peer: Int32) -> String? {
        var bytes: [UInt8] = []
        var room = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe recv(peer, &room, room.count, 0)
            guard count > 0 else { return nil }
            bytes += room[..<count]
            let text = String(decoding: bytes, as: UTF8.self)
            guard let end = text.range(of: "\r\n\r\n") else { continue }
            let field = text.range(of: "content-length: ")
            let length = field.flatMap { Int(text[$0.upperBound...].prefix { $0.isNumber }) }
            if text[end.upperBound...].utf8.count >= length ?? 0 { return text }
        }
    }
}
