import Glibc

/// Makes a `Configuration` of a file. Keeps nothing; every call reads the file, its secrets and the environment anew.
package enum ConfigLoader {
    /// Bytes that a configuration file may have.
    private static let limit = 16_777_216

    /// Reads and checks a file; throws every mistake in it at once.
    package static func load(
        path: String, environment: @escaping (String) -> String? = processEnvironment
    ) throws(ConfigErrors) -> Configuration {
        let bytes: [UInt8]
        do {
            bytes = try FileAccess.read(path, limit: limit)
        } catch {
            throw ConfigErrors([
                ConfigIssue(file: path, position: nil, path: "", message: "cannot read the file: \(error.reason)")
            ])
        }
        let absolute = FileAccess.absolute(path)
        let folder = absolute.lastIndex(of: "/").map { String(absolute[..<$0]) } ?? ""
        return try load(bytes: bytes, file: path, folder: folder, environment: environment)
    }

    /// The same for a text in memory. `file` is its name in errors, `folder` the absolute path to which relative paths
    /// in it refer.
    package static func load(
        bytes: [UInt8], file: String, folder: String, environment: @escaping (String) -> String?
    ) throws(ConfigErrors) -> Configuration {
        let context = ConfigContext(
            text: ConfigText(file: file, bytes: bytes), folder: folder, environment: environment)
        let root = ConfigDocument.parse(context)
        let configuration = root.flatMap { node in
            ConfigReader.read(ConfigPlace(node: node, path: "", context: context), Configuration.init)
        }
        guard let configuration, context.issues.isEmpty else { throw ConfigErrors(context.issues) }
        return configuration
    }

    /// What `sluice check` prints, and whether the file can be used.
    package static func check(path: String) -> (report: String, isSound: Bool) {
        do {
            let configuration = try load(path: path)
            return ("\(path): sound; \(configuration.summary)", true)
        } catch {
            let count = error.issues.count == 1 ? "1 mistake" : "\(error.issues.count) mistakes"
            return ("\(error)\n\(path): \(count)", false)
        }
    }

    package static func processEnvironment(_ name: String) -> String? {
        unsafe getenv(name).map { unsafe String(cString: $0) }
    }
}

extension Configuration {
    /// How much of everything there is, in one line.
    fileprivate var summary: String {
        "listeners: \(listeners.count), upstreams: \(upstreams.count), models: \(models.count), keys: \(keys.count),"
            + " policies: \(policies.count)"
    }
}
