@testable import Upstreams

/// Canonical requests for tests.
enum ChatRequest {
    static func make(
        _ body: String, isStream: Bool = true, wantsUsage: Bool = true, fields: [HTTPField] = [],
        callerKey: String? = nil
    ) throws -> CompletionRequest {
        let document = try JSONParser().parse(body)
        return CompletionRequest(
            document: document, model: document.root["model"]?.string ?? "", isStream: isStream,
            wantsUsage: wantsUsage, requestID: "req_1", fields: fields, callerKey: callerKey)
    }

    /// One user message.
    static func saying(
        _ text: String, _ members: String = "", isStream: Bool = true
    ) throws -> CompletionRequest {
        var content = ByteBuffer()
        unsafe content.appendJSONString(utf8: Array(text.utf8).span.bytes)
        let quoted = String(decoding: content.copy(), as: UTF8.self)
        return try make(
            #"{"model":"m","messages":[{"role":"user","content":\#(quoted)}]\#(members)}"#, isStream: isStream)
    }
}
