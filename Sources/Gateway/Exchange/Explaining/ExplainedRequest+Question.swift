import Upstreams

extension ExplainedRequest {
    /// The body of `POST /admin/explain`: `{"method", "path", "headers": {}, "body", "listener", "client_address",
    /// "key_id"}`, of which only `body` has no default. A body that is a string stands for its text.
    init(question: borrowing ByteBuffer, _ configuration: Configuration, _ parser: JSONParser) throws(APIError) {
        let root = try parser.document(question).root
        guard root.kind == .object else { throw .invalid("The body must be a JSON object.", code: "invalid_json") }
        let method = try Self.text(root, "method") ?? "POST"
        let path = try Self.text(root, "path") ?? "/v1/chat/completions"
        var origin = Origin(listener: try Self.listener(try Self.text(root, "listener"), configuration))
        if let address = try Self.text(root, "client_address") {
            guard ListenAddress.isHost(address) else {
                throw .invalid("'client_address' must be an IP address.", param: "client_address")
            }
            origin.clientAddress = address
        }
        origin.keyID = try Self.text(root, "key_id")
        do throws(HTTPParseError) {
            try self.init(
                lines: ["\(method) \(path) HTTP/1.1"] + (try Self.fieldLines(root["headers"])),
                rest: root["body"].map { Self.body($0) } ?? [], from: origin,
                maxHeadBytes: configuration.bounds.maxHeaderBytes)
        } catch {
            throw .invalid("The request to explain is not well-formed: \(error.message).", code: "invalid_http")
        }
    }

    /// The listener of that name; without one the first that serves clients.
    static func listener(_ name: String?, _ configuration: Configuration) throws(APIError) -> ListenerConfiguration {
        let listeners = configuration.listeners
        guard let name else { return listeners.first { $0.serves.contains(.api) } ?? listeners[0] }
        guard let listener = listeners.first(where: { $0.name == name }) else {
            let names = listeners.map(\.name.quoted).joined(separator: ", ")
            throw .invalid("There is no listener \(name.quoted); there are \(names).", param: "listener")
        }
        return listener
    }

    private static func body(_ value: JSONValue) -> [UInt8] {
        value.withUTF8 { $0.copy() } ?? value.withSource { $0.copy() }
    }

    /// A member that is text on one line, or missing.
    private static func text(_ root: JSONValue, _ name: StaticString) throws(APIError) -> String? {
        guard let value = root[name], !value.isNull else { return nil }
        guard let text = value.string, isOneLine(text) else {
            throw .invalid(
                "'\(name)' must be a string without line ends.", param: name.description, code: "invalid_type")
        }
        return text
    }

    private static func fieldLines(_ headers: JSONValue?) throws(HTTPParseError) -> [String] {
        var lines: [String] = []
        guard let headers, !headers.isNull else { return [] }
        guard headers.kind == .object else { throw .malformed("'headers' is not an object") }
        for member in headers.members {
            guard let value = member.value.string else { throw .malformed("a header's value is not a string") }
            let line = "\(member.key): \(value)"
            guard isOneLine(line) else { throw .malformed("a header holds a line end") }
            lines.append(line)
        }
        return lines
    }

    private static func isOneLine(_ text: String) -> Bool {
        !text.utf8.contains { $0 == HTTPSyntax.carriageReturn || $0 == HTTPSyntax.lineFeed }
    }
}
