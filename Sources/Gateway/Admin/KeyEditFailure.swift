import Upstreams

/// Why keys were not changed.
struct KeyEditFailure: Error, Sendable {
    let error: APIError
    /// With their files and places, for operators alone.
    let mistakes: [String]

    init(_ error: APIError, mistakes: [String] = []) {
        self.error = error
        self.mistakes = mistakes
    }

    static func isConfigured(_ id: String) -> Self {
        conflict(
            "key_in_configuration",
            "The key \(id.quoted) stands in the configuration itself, which is not changed here: change 'keys' there.")
    }

    static let noFile = conflict(
        "no_keys_file", "There is no file to keep keys in: 'keys_file' is not set in the configuration.")

    static func isTaken(_ id: String) -> Self {
        conflict("key_exists", "There is a key with the id \(id.quoted) already.", param: "id")
    }

    static func isUnknown(_ id: String) -> Self {
        Self(APIError(.notFound, code: "key_not_found", "There is no key with the id \(id.quoted)."))
    }

    /// Another key with the end of the old one would be good for nothing.
    static func hasEnded(_ id: String) -> Self {
        conflict(
            "key_expired", "The key \(id.quoted) has expired, and so would another one for its entry: make a new key.")
    }

    /// The configuration is not sound, or would not be with the change.
    static func unsound(_ mistakes: [String]) -> Self {
        let message = "The configuration would not be sound; nothing was changed."
        return Self(APIError(.conflict, code: "invalid_configuration", message), mistakes: mistakes)
    }

    /// The file cannot be read or written.
    static func file(_ reason: String) -> Self {
        var error = APIError(
            .internalServerError, type: "server_error", code: "keys_file_not_writable",
            "The keys file could not be changed; nothing was changed.")
        error.source = .gateway
        return Self(error, mistakes: [reason])
    }

    /// The change had no effect, but the file could not be brought back.
    static func left(_ mistakes: [String]) -> Self {
        var error = APIError(
            .internalServerError, type: "server_error", code: "keys_file_changed",
            "The keys file was changed, but the configuration would not be sound with it; the old keys stay in use.")
        error.source = .gateway
        return Self(error, mistakes: mistakes)
    }

    private static func conflict(_ code: String, _ message: String, param: String? = nil) -> Self {
        Self(APIError(.conflict, code: code, param: param, message))
    }
}
