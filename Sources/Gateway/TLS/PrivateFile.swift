import Glibc

/// Reading and writing the files that hold a key or a certificate: what OpenSSL does not do, or does not report well.
enum PrivateFile {
    /// Throws the system's reason if not even one byte of the file can be read, as with a folder.
    static func checkReadable(_ path: String) throws(TLSError) {
        var byte: UInt8 = 0
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        let readable = unsafe descriptor >= 0 && read(descriptor, &byte, 1) >= 0
        let problem = errno
        if descriptor >= 0 { close(descriptor) }
        guard readable else { throw .unreadable(file: path, reason: unsafe String(cString: strerror(problem))) }
    }

    /// Makes the folder that `path` is in, and those above it, where they are missing.
    static func makeFolder(of path: String) throws(TLSError) {
        let folder = folder(of: path)
        var end = folder.startIndex
        while end < folder.endIndex {
            end = folder[folder.index(after: end)...].firstIndex(of: "/") ?? folder.endIndex
            let part = String(folder[..<end])
            guard unsafe mkdir(part, 0o755) == 0 || errno == EEXIST else { throw failure(part) }
        }
    }

    /// Waits until no one else holds the lock on the folder of `path`, and takes it. Closing the descriptor gives it
    /// back. `patience`: milliseconds to wait at most; nil: any time.
    static func lockFolder(of path: String, patience: Int? = nil) throws(TLSError) -> Int32 {
        let folder = folder(of: path)
        let descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(folder) }
        var left = patience ?? 0
        while flock(descriptor, patience == nil ? LOCK_EX : LOCK_EX | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK, left > 0 else {
                defer { close(descriptor) }
                throw failure(folder)
            }
            left -= lockInterval
            usleep(UInt32(lockInterval) * 1000)
        }
        return descriptor
    }

    /// Milliseconds from one attempt to take a lock to the next.
    private static let lockInterval = 5

    /// Makes or replaces the file so that it is there whole, on disk, or not at all; readable as `mode` says from the
    /// first moment on.
    static func write(_ text: String, to path: String, mode: mode_t) throws(TLSError) {
        try write(text, to: path, mode: mode, ownedAs: nil)
    }

    /// Gives the file a new text, whole or not at all. A file that is there keeps its owner and mode, and a symbolic
    /// link stays one; a new file is for its owner alone.
    static func replace(_ text: String, at path: String) throws(TLSError) {
        var status = stat()
        guard unsafe stat(path, &status) == 0, let target = unsafe realpath(path, nil) else {
            return try write(text, to: path, mode: 0o600)
        }
        defer { unsafe free(target) }
        try write(text, to: unsafe String(cString: target), mode: status.st_mode & 0o7777, ownedAs: status)
    }

    private static func write(
        _ text: String, to path: String, mode: mode_t, ownedAs owner: stat?
    ) throws(TLSError) {
        let temporary = "\(path).\(RandomBytes.hexadecimal(8)).tmp"
        let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw failure(path) }
        let mayBeOwned = owner.map { keep(owner: $0, mode, of: descriptor) } ?? true
        let written = mayBeOwned && writeAll(Array(text.utf8), to: descriptor) && fsync(descriptor) == 0
        let problem = errno
        close(descriptor)
        guard written else {
            unsafe unlink(temporary)
            throw failure(path, problem)
        }
        guard unsafe rename(temporary, path) == 0 else {
            let problem = errno
            unsafe unlink(temporary)
            throw failure(path, problem)
        }
    }

    private static func keep(owner: stat, _ mode: mode_t, of descriptor: Int32) -> Bool {
        let isOwn = owner.st_uid == geteuid() && owner.st_gid == getegid()
        return (isOwn || fchown(descriptor, owner.st_uid, owner.st_gid) == 0) && fchmod(descriptor, mode) == 0
    }

    private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var start = 0
        while start < bytes.count {
            let count = unsafe bytes[start...].withUnsafeBytes { rest in
                unsafe Glibc.write(descriptor, rest.baseAddress, rest.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            start += count
        }
        return true
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func failure(_ file: String, _ code: Int32 = errno) -> TLSError {
        unsafe .unwritable(file: file, reason: String(cString: strerror(code)))
    }
}
