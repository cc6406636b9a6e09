/// What reading one file shares: its text, its folder, the environment, and the list of mistakes found so far.
package final class ConfigContext {
    package let text: ConfigText
    /// Absolute path of the file's folder, to which relative paths refer.
    package let folder: String
    /// The value of an environment variable.
    package let environment: (String) -> String?
    private var found: [(offset: Int, issue: ConfigIssue)] = []

    package init(text: ConfigText, folder: String, environment: @escaping (String) -> String?) {
        self.text = text
        self.folder = folder
        self.environment = environment
    }

    package func report(_ message: String, offset: Int, path: String) {
        let issue = ConfigIssue(
            file: text.file, position: text.position(of: offset), path: path, message: message)
        found.append((offset, issue))
    }

    /// All mistakes in the order of the file.
    package var issues: [ConfigIssue] {
        let order = found.indices.sorted { (found[$0].offset, $0) < (found[$1].offset, $1) }
        return order.map { found[$0].issue }
    }

    /// The path as an absolute one.
    package func resolve(_ path: String) -> String {
        path.hasPrefix("/") ? path : "\(folder)/\(path)"
    }
}
