import Glibc
import Synchronization
import Testing

/// A server of one test: one thread that accepts connections one after the other and runs a script on each.
@safe
final class LocalProvider: Sendable {
    let port: Int
    private let listener: Int32
    private let heads = Mutex<[String]>([])
    private let accepted = Atomic<Int>(0)

    /// Requests as they came, with their bodies.
    var requests: [String] { heads.withLock { $0 } }
    /// Connections so far.
    var connections: Int { accepted.load(ordering: .relaxed) }
    var url: String { "http://127.0.0.1:\(port)/v1" }

    /// `script` is run once for each connection, in a thread of its own; the connection is closed after it.
    init(_ script: @escaping @Sendable (Peer) -> Void) throws {
        signal(SIGPIPE, SIG_IGN)
        let (listener, port) = try Self.listen()
        self.listener = listener
        self.port = port
        Self.thread { [weak self] in
            while true {
                let descriptor = accept(listener, nil, nil)
                guard descriptor >= 0, let self else {
                    if descriptor >= 0 { close(descriptor) }
                    return
                }
                accepted.add(1, ordering: .relaxed)
                Self.thread { [weak self] in
                    script(Peer(descriptor) { head in self?.heads.withLock { $0.append(head) } })
                }
            }
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    /// A loopback port on which nobody listens.
    static func freePort() throws -> Int {
        let (listener, port) = try listen()
        close(listener)
        return port
    }

    private static func listen() throws -> (Int32, Int) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = unsafe withUnsafeMutableBytes(of: &address) { bytes in
            guard let base = unsafe bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self) else { return false }
            return unsafe bind(listener, base, length) == 0 && Glibc.listen(listener, 64) == 0
                && getsockname(listener, base, &length) == 0
        }
        try #require(isListening)
        return (listener, Int(address.sin_port.bigEndian))
    }

    private static func thread(_ body: @escaping @Sendable () -> Void) {
        final class Body {
            let run: @Sendable () -> Void
            init(_ run: @escaping @Sendable () -> Void) { self.run = run }
        }
        var thread = pthread_t()
        let context = unsafe Unmanaged.passRetained(Body(body)).toOpaque()
        unsafe pthread_create(
            &thread, nil,
            { context in
                if let context = unsafe context { unsafe Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run() }
                return nil
            }, context)
        pthread_detach(thread)
    }

    /// The provider's end of one connection; blocking.
    final class Peer {
        private let descriptor: Int32
        private let note: (String) -> Void
        private var input: [UInt8] = []

        init(_ descriptor: Int32, _ note: @escaping (String) -> Void) {
            self.descriptor = descriptor
            self.note = note
            var timeout = timeval(tv_sec: 10, tv_usec: 0)
            unsafe setsockopt(
                descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
            unsafe setsockopt(
                descriptor, SOL_SOCKET, SO_SNDTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        }

        deinit { close(descriptor) }

        /// Reads one request with a body of known length; nil when the gateway has closed.
        func readRequest() -> String? {
            while true {
                if let end = Self.end(of: input) {
                    let request = String(decoding: input[..<end], as: UTF8.self)
                    input.removeFirst(end)
                    note(request)
                    return request
                }
                guard readMore() else { return nil }
            }
        }

        /// Waits until the gateway closes.
        func waitForClose() {
            while readMore() {}
        }

        /// Sends all of it; false when the gateway has gone.
        @discardableResult
        func send(_ bytes: [UInt8]) -> Bool {
            var sent = 0
            while sent < bytes.count {
                let count = unsafe bytes[sent...].withUnsafeBytes {
                    unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                guard count > 0 else { return false }
                sent += count
            }
            return true
        }

        @discardableResult
        func send(_ text: String) -> Bool { send(Array(text.utf8)) }

        private func readMore() -> Bool {
            var count = -1
            let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 65_536) { memory, filled in
                // A read with a deadline is interrupted when the process was stopped for a while.
                repeat {
                    count = unsafe recv(descriptor, memory.baseAddress, 65_536, 0)
                } while count < 0 && errno == EINTR
                filled = max(0, count)
            }
            input += bytes
            return count > 0
        }

        private static func end(of input: [UInt8]) -> Int? {
            let text = String(decoding: input, as: UTF8.self)
            let parts = text.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { return nil }
            var length = 0
            for line in parts[0].split(separator: "\r\n") where line.lowercased().hasPrefix("content-length:") {
                length = Int(line.split(separator: " ").last ?? "0") ?? 0
            }
            let end = parts[0].utf8.count + 4 + length
            return input.count >= end ? end : nil
        }
    }
}
