import Glibc

/// The zones of the tz database by their names, as the system has them.
///
/// Read whole at a start or reload, so that no worker ever opens a file; immutable afterwards. A name is looked up and
/// never becomes a path.
final class ZoneDatabase: Sendable {
    private let files: [String: [UInt8]]

    private static let maxFileBytes = 65_536
    private static let maxDepth = 3

    /// Reads all zones below `folder`. A folder that is not there has none.
    init(folder: String = "/usr/share/zoneinfo") {
        var files: [String: [UInt8]] = ["UTC": Self.universal]
        Self.read(folder, prefix: "", depth: 0, into: &files)
        self.files = files
    }

    var count: Int { files.count }

    /// Nil: there is no zone of exactly that name.
    func zone(_ name: String) -> ZoneHistory? { files[name].flatMap { ZoneHistory($0) } }

    /// Names of zones which somebody may have meant: those of that city, in whatever case.
    func suggestions(for name: String) -> [String] {
        let wanted = name.lowercased().split { $0 == " " || $0 == "_" }.joined(separator: "_")
        guard !wanted.isEmpty else { return [] }
        return files.keys.filter { known in
            let lower = known.lowercased()
            return lower == wanted || lower.hasSuffix("/" + wanted)
        }.sorted().prefix(3).map { $0 }
    }

    // MARK: Reading

    private static func read(_ folder: String, prefix: String, depth: Int, into files: inout [String: [UInt8]]) {
        guard let names = names(in: folder) else { return }
        for name in names where isPart(name) {
            let path = folder + "/" + name
            if let bytes = try? FileAccess.read(path, limit: maxFileBytes) {
                if bytes.starts(with: "TZif".utf8) { files[prefix + name] = bytes }
            } else if depth + 1 < maxDepth, prefix != "" || !["posix", "right"].contains(name) {
                read(path, prefix: prefix + name + "/", depth: depth + 1, into: &files)
            }
        }
    }

    /// The parts of zones' names begin with a capital; whatever else stands beside the zones does not.
    private static func isPart(_ name: String) -> Bool {
        guard let first = name.utf8.first, first >= UInt8(ascii: "A"), first <= UInt8(ascii: "Z") else { return false }
        return name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "+"):
                true
            default: false
            }
        }
    }

    private static func names(in folder: String) -> [String]? {
        guard let stream = unsafe opendir(folder) else { return nil }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
                unsafe name.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            names.append(name)
        }
        return names
    }

    /// UTC is there even on a system without the database.
    private static let universal: [UInt8] = {
        let header = Array("TZif2".utf8) + [UInt8](repeating: 0, count: 15)
        let counts: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 4]
        let block = [UInt8](repeating: 0, count: 6) + Array("UTC\0".utf8)
        return header + counts + block + header + counts + block + Array("\nUTC0\n".utf8)
    }()
}
