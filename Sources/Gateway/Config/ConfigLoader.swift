import Glibc

/// Makes a `Configuration` of a file. Keeps nothing; every call reads the file, its secrets and the environment anew.
package enum ConfigLoader {
    /// Bytes that a configuration file, or a keys file, may have.
    static let limit = 16_777_216

    /// Reads and checks a file; throws every mistake in it at once.
    package static func load(
        path: String, environment: @escaping (String) -> String? = processEnvironment
    ) throws(ConfigErrors) -> Configuration {
        try configuration(of: read(path, environment))
    }

    /// The same for a text in memory. `file` is its name in errors, `folder` the absolute path to which relative paths
    /// in it refer.
    package static func load(
        bytes: [UInt8], file: String, folder: String, environment: @escaping (String) -> String?
    ) throws(ConfigErrors) -> Configuration {
        try configuration(
            of: ConfigContext(text: ConfigText(file: file, bytes: bytes), folder: folder, environment: environment))
    }

    /// Reads and checks the keys of a configuration alone, those of its `keys_file` among them.
    package static func keys(path: String) throws(ConfigErrors) -> [KeyConfiguration] {
        let context = try read(path, processEnvironment)
        let keys = ConfigDocument.parse(context).flatMap { root -> [KeyConfiguration]? in
            var others: [String] = []
            if case .object(let members) = root.value { others = members.map(\.name) }
            others.removeAll { $0 == "keys" || $0 == "keys_file" }
            return ConfigReader.read(
                ConfigPlace(node: root, path: "", context: context), alsoKnown: others
            ) { KeyConfiguration.list($0).keys }
        }
        return try sound(keys, context)
    }

    /// Reads and checks a keys file.
    package static func keys(file path: String) throws(ConfigErrors) -> [KeyConfiguration] {
        let context = try read(path, processEnvironment)
        return try sound(KeyConfiguration.read(context), context)
    }

    /// The same for a text in memory, which errors call `file`.
    package static func keys(bytes: [UInt8], file: String) throws(ConfigErrors) -> [KeyConfiguration] {
        let text = ConfigText(file: file, bytes: bytes)
        let context = ConfigContext(text: text, folder: "", environment: processEnvironment)
        return try sound(KeyConfiguration.read(context), context)
    }

    private static func configuration(of context: ConfigContext) throws(ConfigErrors) -> Configuration {
        let root = ConfigDocument.parse(context)
        let configuration = root.flatMap { node in
            ConfigReader.read(ConfigPlace(node: node, path: "", context: context), Configuration.init)
        }
        var sound = try sound(configuration, context)
        sound.files = context.files
        sound.warnings = context.warnings
        sound.source = root
        return sound
    }

    /// What was read, if there is no mistake in it.
    private static func sound<Value>(_ value: Value?, _ context: ConfigContext) throws(ConfigErrors) -> Value {
        guard let value, context.issues.isEmpty else { throw ConfigErrors(context.issues, files: context.files) }
        return value
    }

    private static func read(
        _ path: String, _ environment: @escaping (String) -> String?
    ) throws(ConfigErrors) -> ConfigContext {
        let absolute = FileAccess.absolute(path)
        let stamp = FileStamp.of(absolute)
        do {
            let text = ConfigText(file: path, bytes: try FileAccess.read(path, limit: limit))
            let folder = absolute.lastIndex(of: "/").map { String(absolute[..<$0]) } ?? ""
            let context = ConfigContext(text: text, folder: folder, environment: environment)
            context.note(absolute, stamp)
            return context
        } catch {
            let issue = ConfigIssue(
                file: path, position: nil, path: "", message: "cannot read the file: \(error.reason)")
            throw ConfigErrors([issue], files: [absolute: stamp])
        }
    }

    /// What `sluice check` prints, and whether the file can be used.
    package static func check(path: String) -> (report: String, isSound: Bool) {
        do {
            let configuration = try load(path: path)
            let warnings = configuration.warnings
            let count = warnings.count == 1 ? "1 warning" : "\(warnings.count) warnings"
            let sound = "\(path): sound; \(configuration.summary)" + (warnings.isEmpty ? "" : "; \(count)")
            return ((warnings.map { "warning: \($0)" } + [sound]).joined(separator: "\n"), true)
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
