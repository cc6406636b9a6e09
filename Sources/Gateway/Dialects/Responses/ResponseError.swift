import Upstreams

/// An error inside of a stream of the Responses API (OpenAI API reference, "error" and "response.failed").
struct ResponseError {
    private let type: String
    private let code: String?
    private let param: String?
    private let message: String

    init(_ error: APIError) {
        type = error.type
        code = error.code
        param = error.param
        message = error.message
    }

    /// An error in OpenAI's form; nil if `body` is none.
    init?(provider body: [UInt8], _ parser: JSONParser) {
        let document = unsafe try? parser.parse(body.span.bytes)
        guard let error = document?.root["error"], error.kind == .object else { return nil }
        type = error["type"]?.string ?? "upstream_error"
        code = error["code"]?.string
        param = error["param"]?.string
        message = error["message"]?.string ?? "The provider reported an error without a message."
    }

    /// The members of an `error` event: as the reference has them, and below `error`, where clients look for them.
    func write(to event: inout JSONWriter) {
        writeFields(to: &event)
        event.object("error") {
            $0.member("type", type)
            writeFields(to: &$0)
        }
    }

    private func writeFields(to writer: inout JSONWriter) {
        writer.member("code", code)
        writer.member("message", message)
        writer.member("param", param)
    }

    /// What a failed response says of it: its codes are few.
    func writeReason(to writer: inout JSONWriter) {
        writer.member("code", code == "rate_limit_exceeded" ? "rate_limit_exceeded" : "server_error")
        writer.member("message", message)
    }
}
