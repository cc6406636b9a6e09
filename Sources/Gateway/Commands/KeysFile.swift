import Glibc
import Upstreams

/// The text of a keys file, whose entries are added, changed and taken out without touching what else is in it.
struct KeysFile {
    /// How errors call it.
    private let name: String
    let bytes: [UInt8]

    static let empty = KeysFile(name: "the new key", bytes: Array("{\n  \"keys\": []\n}\n".utf8))

    init(name: String, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
    }

    /// Adds the entry to the file, which is made if it is not there. The file is replaced as a whole, so that a gateway
    /// that watches it never sees a part; two commands at once do not lose each other's keys.
    static func add(_ key: NewKey, to path: String) throws {
        let lock = try PrivateFile.lockFolder(of: path)
        defer { close(lock) }
        let old: [UInt8]
        do throws(FileAccessError) {
            old = FileAccess.exists(path) ? try FileAccess.read(path, limit: ConfigLoader.limit) : empty.bytes
        } catch {
            throw TLSError.unreadable(file: path, reason: error.reason)
        }
        try PrivateFile.replace(KeysFile(name: path, bytes: old).adding(key), at: path)
    }

    /// The text with the entry behind the last one. Throws every mistake that is in the text as it is or would be.
    func adding(_ key: NewKey) throws(ConfigErrors) -> String { try adding(key.entry).text }

    // MARK: Edits

    // Each throws every mistake that is in the text as it is or would be, and leaves all other bytes as they are.

    /// The file with the entry behind the last one.
    func adding(_ entry: ConfigJSON) throws(ConfigErrors) -> KeysFile {
        try edited { inserting(entry.compact, $0, $1) }
    }

    /// The file with the entry in the place of another.
    func replacing(_ index: Int, with entry: ConfigJSON) throws(ConfigErrors) -> KeysFile {
        try edited { _, entries in replacing(entries[index], with: entry.compact) }
    }

    /// The file without one of its entries.
    func removing(_ index: Int) throws(ConfigErrors) -> KeysFile {
        try edited { list, entries in
            if entries.count == 1 { return replacing(list, with: "[]") }
            let isLast = index == entries.count - 1
            let gone =
                isLast
                ? entries[index - 1].upperBound..<entries[index].upperBound
                : entries[index].lowerBound..<entries[index + 1].lowerBound
            return replacing(gone, with: "")
        }
    }

    /// Its keys, in their order.
    func keys() throws(ConfigErrors) -> [KeyConfiguration] { try ConfigLoader.keys(bytes: bytes, file: name) }

    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// `edit` is told where the list stands, and where its entries do.
    private func edited(_ edit: (Range<Int>, [Range<Int>]) -> [UInt8]) throws(ConfigErrors) -> KeysFile {
        _ = try keys()
        let parser = JSONParser()
        guard let root = try? unsafe parser.parse(bytes.span.bytes).root, let list = root["keys"] else {
            preconditionFailure("a sound keys file without keys")
        }
        var entries: [Range<Int>] = []
        for entry in list.elements { entries.append(entry.range) }
        let file = KeysFile(name: name, bytes: edit(list.range, entries))
        _ = try file.keys()
        return file
    }

    private func replacing(_ range: Range<Int>, with text: String) -> [UInt8] {
        bytes[..<range.lowerBound] + Array(text.utf8) + bytes[range.upperBound...]
    }

    /// Puts an entry at the end of the list, on a line of its own unless the last one is not.
    private func inserting(_ entry: String, _ list: Range<Int>, _ entries: [Range<Int>]) -> [UInt8] {
        guard let last = entries.last else { return replacing(list, with: "[\n    \(entry)\n  ]") }
        return replacing(last.upperBound..<last.upperBound, with: "," + gap(before: last.lowerBound) + entry)
    }

    /// The white space before an element.
    private func gap(before offset: Int) -> String {
        let space = bytes[..<offset].reversed().prefix { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
        return String(decoding: space.reversed(), as: UTF8.self)
    }
}
