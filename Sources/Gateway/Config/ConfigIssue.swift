/// One mistake in a configuration: where it is, what was expected and what was found; or a warning of something that is
/// legal and yet without effect.
package struct ConfigIssue: Hashable, Sendable, CustomStringConvertible {
    package let file: String
    /// Absent when the file could not even be read.
    package let position: ConfigPosition?
    /// The JSON path such as `models[2].targets[0].weight`; empty for the file as a whole.
    package let path: String
    package let message: String

    /// `file:line:column: path: message`, as compilers write it.
    package var description: String {
        let place = position.map { "\(file):\($0.line):\($0.column)" } ?? file
        return path.isEmpty ? "\(place): \(message)" : "\(place): \(path): \(message)"
    }
}
