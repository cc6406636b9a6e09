/// What reading one file shares: its text, its folder, the environment, the mistakes found so far, and which further
/// files were looked at.
package final class ConfigContext {
    package let text: ConfigText
    /// Absolute path of the file's folder, to which relative paths refer.
    package let folder: String
    /// The value of an environment variable.
    package let environment: (String) -> String?
    /// The files that were looked at, as they were just before.
    package private(set) var files: [String: FileStamp] = [:]
    private var found: [(offset: Int, issue: ConfigIssue)] = []
    private var doubtful: [(offset: Int, issue: ConfigIssue)] = []

    package init(text: ConfigText, folder: String, environment: @escaping (String) -> String?) {
        self.text = text
        self.folder = folder
        self.environment = environment
    }

    package func report(_ message: String, offset: Int, path: String) {
        found.append((offset, issue(message, offset: offset, path: path)))
    }

    /// Tells of something that is legal and yet without effect.
    func warn(_ message: String, offset: Int, path: String) {
        doubtful.append((offset, issue(message, offset: offset, path: path)))
    }

    private func issue(_ message: String, offset: Int, path: String) -> ConfigIssue {
        ConfigIssue(file: text.file, position: text.position(of: offset), path: path, message: message)
    }

    /// Takes over the mistakes in a file that is named at `offset` of this one, and the files that it named.
    package func adopt(_ named: ConfigContext, offset: Int) {
        found += named.issues.map { (offset, $0) }
        files.merge(named.files) { $1 }
    }

    /// To be called before a file is read: what it holds belongs to the configuration.
    package func note(_ path: String) { note(path, FileStamp.of(path)) }

    package func note(_ path: String, _ stamp: FileStamp) {
        files[path] = stamp
    }

    /// All mistakes in the order of the file.
    package var issues: [ConfigIssue] { Self.ordered(found) }

    /// All warnings in the order of the file. They mean nothing where there are mistakes.
    var warnings: [ConfigIssue] { Self.ordered(doubtful) }

    private static func ordered(_ issues: [(offset: Int, issue: ConfigIssue)]) -> [ConfigIssue] {
        let order = issues.indices.sorted { (issues[$0].offset, $0) < (issues[$1].offset, $1) }
        return order.map { issues[$0].issue }
    }

    /// The path as an absolute one.
    package func resolve(_ path: String) -> String {
        path.hasPrefix("/") ? path : "\(folder)/\(path)"
    }
}
