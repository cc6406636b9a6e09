import Upstreams

/// Reads the body of `POST /v1/chat/completions` into the canonical request (API page, OpenAI dialect).
///
/// Looks only at what the gateway itself acts on; whatever else the body holds travels as it is.
struct ChatDecoder {
    private let parser: JSONParser
    private let passesCallerKeys: Bool
    private let requestID: String

    init(_ runtime: Runtime, _ parser: JSONParser, requestID: String) {
        self.parser = parser
        passesCallerKeys = runtime.passesCallerKeys
        self.requestID = requestID
    }

    /// Keys whose meaning must not depend on which of two a reader takes.
    private static let guarded: [StaticString] = ["model", "messages", "stream", "stream_options"]

    func decode(_ body: borrowing ByteBuffer, _ head: RequestHead) throws(APIError) -> CompletionRequest {
        let document = try parse(body)
        let root = document.root
        guard root.kind == .object else { throw .invalid("The body must be a JSON object.", code: "invalid_json") }
        if let key = root.duplicateKey(among: Self.guarded) {
            throw .invalid("The body has '\(key)' more than once.", param: key.description, code: "duplicate_key")
        }
        let others = try models(root)
        let model = try model(root, orFirstOf: others)
        try requireMessages(root)
        let isStream = try flag(root["stream"], "stream")
        let options = root["stream_options"].flatMap { $0.isNull ? nil : $0 }
        guard options == nil || options?.kind == .object else {
            throw .invalid("'stream_options' must be an object.", param: "stream_options", code: "invalid_type")
        }
        let wantsUsage = try flag(options?["include_usage"], "stream_options.include_usage")
        let alternatives = try ModelWishes.alternatives(head, named: others, model: model)
        let callerKey = passesCallerKeys ? Credentials.key(in: head) : nil
        return CompletionRequest(
            document: root["models"] == nil ? document : try withoutModels(document, model), model: model,
            isStream: isStream, wantsUsage: wantsUsage, requestID: requestID, fields: ForwardedFields.select(head),
            callerKey: callerKey, alternatives: alternatives)
    }

    private func parse(_ body: borrowing ByteBuffer) throws(APIError) -> JSONDocument {
        do {
            return try body.withBytes { (bytes) throws(JSONError) in try parser.parse(bytes) }
        } catch {
            throw APIError(error)
        }
    }

    /// Models that the client would take, in order: the gateway's own field, which no provider gets to see.
    private func models(_ root: JSONValue) throws(APIError) -> [String] {
        guard let list = root["models"], !list.isNull else { return [] }
        guard list.kind == .array, list.elements.allSatisfy({ $0.kind == .string }) else {
            throw .invalid("'models' must be an array of strings.", param: "models", code: "invalid_type")
        }
        return list.elements.compactMap(\.string)
    }

    private func withoutModels(_ document: JSONDocument, _ model: String) throws(APIError) -> JSONDocument {
        var splice = JSONSplice()
        splice.remove("models")
        splice.set("model", to: model)
        var text = ByteBuffer()
        splice.write(document.root, to: &text)
        return try parse(text)
    }

    private func model(_ root: JSONValue, orFirstOf others: [String]) throws(APIError) -> String {
        if let first = others.first, root["model"]?.isNull ?? true { return first }
        guard let value = root["model"], !value.isNull else {
            throw .invalid("You must provide a model parameter.", param: "model", code: "missing_required_parameter")
        }
        guard let model = value.string, !model.isEmpty else {
            throw .invalid("'model' must be a string that is not empty.", param: "model", code: "invalid_type")
        }
        return model
    }

    private func requireMessages(_ root: JSONValue) throws(APIError) {
        guard let messages = root["messages"], !messages.isNull else {
            throw .invalid("'messages' is missing.", param: "messages", code: "missing_required_parameter")
        }
        guard messages.kind == .array else {
            throw .invalid("'messages' must be an array.", param: "messages", code: "invalid_type")
        }
        guard messages.count > 0 else {
            throw .invalid("'messages' must not be empty.", param: "messages", code: "empty_array")
        }
        var index = 0
        for message in messages.elements {
            guard message.kind == .object else {
                throw .invalid(
                    "'messages[\(index)]' must be an object.", param: "messages[\(index)]", code: "invalid_type")
            }
            guard message["role"]?.kind == .string else {
                throw .invalid(
                    "'messages[\(index)].role' must be a string such as \"user\".", param: "messages[\(index)].role",
                    code: message["role"] == nil ? "missing_required_parameter" : "invalid_type")
            }
            index += 1
        }
    }

    private func flag(_ value: JSONValue?, _ name: String) throws(APIError) -> Bool {
        guard let value, !value.isNull else { return false }
        guard let flag = value.bool else {
            throw .invalid("'\(name)' must be true or false.", param: name, code: "invalid_type")
        }
        return flag
    }
}

extension APIError {
    /// A body that is no JSON.
    init(_ error: JSONError) {
        let place = error.offset.map { " at byte \($0)" } ?? ""
        switch error.kind {
        case .empty: self = .invalid("The body is empty; it must be a JSON object.", code: "invalid_json")
        case .notUTF8: self = .invalid("The body is not UTF-8\(place).", code: "invalid_utf8")
        case .notJSON: self = .invalid("The body is not valid JSON\(place).", code: "invalid_json")
        case .tooDeep: self = .invalid("The body is nested too deeply\(place).", code: "json_too_deep")
        case .tooManyValues: self = .invalid("The body has too many values.", code: "json_too_large")
        case .outOfMemory: self = .unavailable("The gateway is out of memory.", retryAfter: 1000)
        }
    }
}
