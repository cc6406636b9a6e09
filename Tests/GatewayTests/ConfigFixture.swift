import Glibc

@testable import Gateway

/// Texts of configurations for tests, and a way to load them without touching the real environment.
enum ConfigFixture {
    /// The least that loads.
    static let minimal = """
        {
          "listeners": [{ "name": "public", "address": "127.0.0.1:8080" }],
          "upstreams": { "echo": { "kind": "echo" } },
          "models": [{ "name": "echo", "targets": [{ "upstream": "echo" }] }]
        }
        """

    /// The folder of this repository.
    static let root: String = {
        let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        return parts.dropLast(3).joined(separator: "/")
    }()

    /// The minimal configuration with further members of the root, and some of its own replaced.
    static func root(_ members: [String: String]) -> String {
        var all = [
            "listeners": #"[{ "name": "public", "address": "127.0.0.1:8080" }]"#,
            "upstreams": #"{ "echo": { "kind": "echo" } }"#,
            "models": #"[{ "name": "echo", "targets": [{ "upstream": "echo" }] }]"#,
        ]
        all.merge(members) { $1 }
        return "{" + all.sorted { $0.key < $1.key }.map { "\"\($0.key)\": \($0.value)" }.joined(separator: ",\n") + "}"
    }

    /// An `openai` upstream with these further members, in a configuration that is sound otherwise.
    static func openai(_ members: String) -> String {
        root(["upstreams": #"{ "echo": { "kind": "echo" }, "up": { "kind": "openai", \#(members) } }"#])
    }

    static func load(_ text: String, environment: [String: String] = [:]) throws(ConfigErrors) -> Configuration {
        try ConfigLoader.load(
            bytes: Array(text.utf8), file: "g.json", folder: "/nowhere", environment: { environment[$0] })
    }

    /// The mistakes as `path: message`.
    static func mistakes(_ text: String, environment: [String: String] = [:]) -> [String] {
        issues(bytes: Array(text.utf8), environment: environment).map { "\($0.path): \($0.message)" }
    }

    static func issues(bytes: [UInt8], environment: [String: String] = [:]) -> [ConfigIssue] {
        do throws(ConfigErrors) {
            _ = try ConfigLoader.load(
                bytes: bytes, file: "g.json", folder: "/nowhere", environment: { environment[$0] })
            return []
        } catch {
            return error.issues
        }
    }

    /// The upstream `up` of a configuration that loads.
    static func openaiUpstream(
        _ members: String, environment: [String: String] = [:]
    ) throws
        -> ProviderConfiguration?
    {
        let configuration = try load(openai(members), environment: environment)
        for upstream in configuration.upstreams {
            if case .openai(let openai) = upstream.kind { return openai.http }
        }
        return nil
    }

    /// Writes a file in a new folder, gives the folder to `body`, and removes both.
    static func withFiles(_ files: [String: String], _ body: (String) throws -> Void) throws {
        var template = Array("/tmp/sluice-config-XXXXXX".utf8CString)
        let made: String? = unsafe template.withUnsafeMutableBufferPointer { memory in
            unsafe memory.baseAddress.flatMap { unsafe mkdtemp($0) }.map { unsafe String(cString: $0) }
        }
        guard let folder = made else { throw FileAccessError(reason: "no temporary folder") }
        defer {
            for name in files.keys { unsafe unlink("\(folder)/\(name)") }
            unsafe rmdir(folder)
        }
        for (name, text) in files { try write(text, to: "\(folder)/\(name)") }
        try body(folder)
    }

    static func write(_ text: String, to path: String) throws {
        guard let file = unsafe fopen(path, "w") else { throw FileAccessError(reason: "cannot write \(path)") }
        defer { unsafe fclose(file) }
        let bytes = Array(text.utf8)
        guard unsafe fwrite(bytes, 1, bytes.count, file) == bytes.count else {
            throw FileAccessError(reason: "cannot write \(path)")
        }
    }
}
