import Glibc

/// Reads what the kernel shows under `/proc`. For scrapes: opens and closes what it reads, and allocates.
enum ProcFile {
    /// The whole text, which has no length in advance; nil if it cannot be read.
    static func contents(_ path: String) -> String? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var text: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16384)
        while true {
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { return count == 0 ? String(decoding: text, as: UTF8.self) : nil }
            text += chunk[..<count]
        }
    }

    /// The number of entries of a directory, without the descriptor that reads it; 0 if it cannot be read.
    static func entries(_ path: String) -> Int {
        guard let directory = unsafe opendir(path) else { return 0 }
        defer { unsafe closedir(directory) }
        var count = 0
        while unsafe readdir(directory) != nil { count += 1 }
        // Less ".", ".." and the descriptor of this very reading.
        return max(count - 3, 0)
    }
}
