import Glibc
import Upstreams

/// The text of a keys file, to which entries are added without touching what else is in it.
struct KeysFile {
    /// How errors call it.
    private let name: String
    private let bytes: [UInt8]

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
    func adding(_ key: NewKey) throws(ConfigErrors) -> String {
        _ = try ConfigLoader.keys(bytes: bytes, file: name)
        let added = inserting(key.entry.compact)
        _ = try ConfigLoader.keys(bytes: added, file: name)
        return String(decoding: added, as: UTF8.self)
    }

    /// Puts an element at the end of the list `keys`, on a line of its own unless the last one is not.
    private func inserting(_ element: String) -> [UInt8] {
        let parser = JSONParser()
        guard let root = try? unsafe parser.parse(bytes.span.bytes).root, let keys = root["keys"] else {
            preconditionFailure("a sound keys file without keys")
        }
        var last: JSONValue?
        for element in keys.elements { last = element }
        guard let last else {
            let text = "[\n    \(element)\n  ]"
            return bytes[..<keys.range.lowerBound] + Array(text.utf8) + bytes[keys.range.upperBound...]
        }
        let end = last.range.upperBound
        let text = "," + gap(before: last.range.lowerBound) + element
        return bytes[..<end] + Array(text.utf8) + bytes[end...]
    }

    /// The white space before an element.
    private func gap(before offset: Int) -> String {
        let space = bytes[..<offset].reversed().prefix { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
        return String(decoding: space.reversed(), as: UTF8.self)
    }
}
