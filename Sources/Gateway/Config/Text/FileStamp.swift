import Glibc

/// What tells one state of a file from another without reading it: which file stands under a path, how long it is and
/// when it changed. Symbolic links are followed, so that a link that is made to lead elsewhere changes the stamp.
package struct FileStamp: Hashable, Sendable {
    private let device: UInt
    private let inode: UInt
    private let size: Int
    /// Nanoseconds since 1970: when the content changed, and when anything of the file did.
    private let modified: Int
    private let changed: Int

    /// Of a path under which there is no file that could be seen.
    package static let missing = FileStamp(stat())

    /// The stamp of what stands under the path at this moment.
    package static func of(_ path: String) -> FileStamp {
        var status = stat()
        return unsafe stat(path, &status) == 0 ? FileStamp(status) : missing
    }

    /// The stamps of several paths at this moment.
    package static func of(_ paths: some Sequence<String>) -> [String: FileStamp] {
        Dictionary(paths.map { ($0, of($0)) }) { $1 }
    }

    private init(_ status: stat) {
        device = UInt(status.st_dev)
        inode = UInt(status.st_ino)
        size = Int(status.st_size)
        modified = status.st_mtim.tv_sec * 1_000_000_000 + status.st_mtim.tv_nsec
        changed = status.st_ctim.tv_sec * 1_000_000_000 + status.st_ctim.tv_nsec
    }
}
