// For the kinds of sockets, which Glibc alone does not always show.
internal import CCurl
import Glibc

/// Carries bytes between a TLS connection that libcurl made and a socket pair whose other end hiredis has.
///
/// hiredis 0.14 knows plain descriptors alone. Owns the TLS connection and its end of the pair; reads a side only when
/// the other has taken everything, so it holds one read of each at most. States: open → closed, when either side ends.
/// Closing the pair is how hiredis learns of the end.
final class RedisTLSPump {
    private let reactor: any Reactor
    /// Nil: closed.
    private var socket: UpstreamSocket?
    private var socketWatch: (any DescriptorWatch)?
    /// Our end of the pair; -1: closed.
    private var end: Int32
    private var endWatch: (any DescriptorWatch)?
    /// From Redis to hiredis.
    private var inward = ByteBuffer()
    /// From hiredis to Redis.
    private var outward = ByteBuffer()

    /// Room for a read: some TLS records.
    private static let room = 4 * CurlConnect.maxRecordBytes

    /// Nil: no descriptors are left. `peer` is the end for hiredis, which the caller closes.
    init?(_ socket: consuming UpstreamSocket, reactor: any Reactor, peer: inout Int32) {
        var ends: [Int32] = [-1, -1]
        guard unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0 else { return nil }
        for end in ends {
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
        peer = ends[1]
        end = ends[0]
        self.reactor = reactor
        let descriptor = socket.descriptor
        self.socket = consume socket
        socketWatch = reactor.watch(descriptor: descriptor) { [unowned self] _ in move() }
        endWatch = reactor.watch(descriptor: end) { [unowned self] _ in move() }
        updateWatches()
    }

    deinit { close() }

    func close() {
        guard end >= 0 else { return }
        socketWatch?.stop()
        endWatch?.stop()
        socket = nil
        _ = Glibc.close(end)
        end = -1
    }

    private func move() {
        guard moveInward(), moveOutward() else { return close() }
        updateWatches()
    }

    private func updateWatches() {
        socketWatch?.want(wishes(input: inward, output: outward))
        endWatch?.want(wishes(input: outward, output: inward))
    }

    private func wishes(input: borrowing ByteBuffer, output: borrowing ByteBuffer) -> Readiness {
        var wishes: Readiness = input.isEmpty ? .readable : []
        if !output.isEmpty { wishes.insert(.writable) }
        return wishes
    }

    /// False: a side has ended. Reads until nothing waits, since the descriptor does not tell of the rest of a record.
    private func moveInward() -> Bool {
        while true {
            if inward.isEmpty {
                var result = UpstreamSocket.Result.failed
                _ = unsafe inward.fill(room: Self.room) { room in
                    unsafe result = socket?.receive(room) ?? .failed
                    if case .moved(let count) = result { return count }
                    return 0
                }
                switch result {
                case .moved: break
                case .wouldBlock: return true
                case .endOfStream, .failed: return false
                }
            }
            let sent = unsafe inward.withUnsafeBytes { unsafe send(end, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if sent < 0 { return errno == EAGAIN || errno == EINTR }
            inward.removeFirst(sent)
        }
    }

    private func moveOutward() -> Bool {
        while true {
            if outward.isEmpty {
                let count = unsafe outward.fill(room: Self.room) { room in
                    unsafe recv(end, room.baseAddress, room.count, 0)
                }
                if count == 0 { return false }
                if count < 0 { return errno == EAGAIN || errno == EINTR }
            }
            let result = unsafe outward.withUnsafeBytes { unsafe socket?.send($0, more: false) ?? .failed }
            switch result {
            case .moved(let count): outward.removeFirst(count)
            case .wouldBlock: return true
            case .endOfStream, .failed: return false
            }
        }
    }
}
