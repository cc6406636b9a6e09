import Glibc

/// Reads small files whole, blocking: for the start and for reloads, never on a worker's thread while it serves.
package enum FileAccess {
    package static func exists(_ path: String) -> Bool {
        unsafe access(path, F_OK) == 0
    }

    /// Why the file cannot be read, in the system's words; nil when it can.
    package static func obstacle(toReading path: String) -> String? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return reason(errno) }
        defer { close(descriptor) }
        return isFolder(descriptor) ? reason(EISDIR) : nil
    }

    /// The file's bytes; refused when there are more than `limit`.
    package static func read(_ path: String, limit: Int) throws(FileAccessError) -> [UInt8] {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileAccessError(reason: reason(errno)) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        while bytes.count <= limit {
            var failure: Int32 = 0
            let chunk = unsafe [UInt8](unsafeUninitializedCapacity: 65_536) { memory, count in
                let got = unsafe Glibc.read(descriptor, memory.baseAddress, memory.count)
                if got < 0 { failure = errno }
                count = max(got, 0)
            }
            if failure == EINTR { continue }
            guard failure == 0 else { throw FileAccessError(reason: reason(failure)) }
            if chunk.isEmpty { return bytes }
            bytes += chunk
        }
        throw FileAccessError(reason: "it has more than \(limit) bytes")
    }

    /// The path as an absolute one, seen from the folder in which the process runs.
    package static func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/"), let folder = unsafe getcwd(nil, 0) else { return path }
        defer { unsafe free(folder) }
        return unsafe String(cString: folder) + "/" + path
    }

    private static func isFolder(_ descriptor: Int32) -> Bool {
        var status = stat()
        return unsafe fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    static func reason(_ code: Int32) -> String {
        unsafe String(cString: strerror(code))
    }
}
