import Glibc
import Upstreams

/// A file that one process holds, and appends to.
///
/// Owns its descriptor, with a lock on it, so that no two processes write one journal.
final class LockedFile: Sendable {
    /// What errors name.
    private let path: String
    private let descriptor: Int32

    /// Opens or makes the file `name`; one that is not `path` itself is emptied.
    init(_ path: String, name: String) throws(TaskJournalError) {
        self.path = path
        descriptor = unsafe Glibc.open(name, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw TaskJournalError(path: path, action: "open", code: errno) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw TaskJournalError(path: path, action: "lock", code: errno)
        }
        guard name == path || ftruncate(descriptor, 0) == 0 else { throw failure("empty") }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    func failure(_ action: String) -> TaskJournalError {
        TaskJournalError(path: path, action: action, code: errno)
    }

    // MARK: Reading

    /// Adds what there is from `offset` on to a buffer, at most `room` bytes. Returns how many; 0 at the end.
    func read(at offset: Int, room: Int, into buffer: inout ByteBuffer) throws(TaskJournalError) -> Int {
        while true {
            var code: Int32 = 0
            let count = unsafe buffer.fill(room: room) { room in
                let count = unsafe pread(descriptor, room.baseAddress, room.count, off_t(offset))
                if count < 0 { code = errno }
                return count
            }
            if count >= 0 { return count }
            guard code == EINTR else { throw TaskJournalError(path: path, action: "read", code: code) }
        }
    }

    // MARK: Writing

    func append(_ bytes: RawSpan) throws(TaskJournalError) {
        var done = 0
        while done < bytes.byteCount {
            let count = unsafe bytes.withUnsafeBytes { all in
                unsafe Glibc.write(descriptor, all.baseAddress.map { unsafe $0 + done }, all.count - done)
            }
            if count > 0 { done += count } else if errno != EINTR { throw failure("write") }
        }
    }

    /// Takes back what was appended behind so many bytes.
    func cut(to size: Int) { _ = ftruncate(descriptor, off_t(size)) }

    /// Returns once all that was written is on the disk.
    func sync() throws(TaskJournalError) {
        guard fdatasync(descriptor) == 0 else { throw failure("sync") }
    }
}
