internal import Upstreams

/// An HTTP tool: what the model is told of it, and the request that a call becomes.
package struct ToolConfiguration: Sendable {
    package enum Method: String, CaseIterable, Sendable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
    }

    /// What the model reads.
    package let description: String
    /// A JSON Schema of the arguments, as text.
    package let parameters: [UInt8]
    /// Default GET.
    package let method: Method
    /// With `{argument}` in its path and query.
    package let url: String
    /// Default: none.
    package let headers: [UpstreamHeader]
    /// JSON text with `{argument}` in its strings; nil (default): the arguments as they are.
    package let body: [UInt8]?
    /// A JSON pointer; nil (default): the whole answer.
    package let result: String?
    /// Default 10,000.
    package let timeoutMs: Int
    /// Default 65,536.
    package let maxAnswerBytes: Int
    /// Default false.
    package let allowPrivate: Bool
    /// Absolute path of a PEM file of authorities; nil (default): the system's.
    package let caFile: String?

    /// The properties that the schema names.
    let argumentNames: Set<String>
    /// The arguments that have a place in the body.
    let bodyNames: Set<String>

    package init(_ r: ConfigReader) {
        description = r.value("description", .text, default: "", doc: "What the tool does, for the model.")
        parameters = r.value(
            "parameters", .jsonObject, default: Array(#"{"type":"object","properties":{}}"#.utf8),
            example: .object([("type", .string("object"))]), doc: "A JSON Schema of the arguments.")
        method = r.value("method", .choice(.get), default: .get, doc: "The request's method.")
        url = r.required(
            "url", .toolURL, example: .string("https://weather.example.com/v1/current?city={city}"),
            doc: "The request's address. `{name}` stands for an argument, percent-encoded, in the path or the query; an"
                + " item of the query whose argument is left out is left out, too.")
        headers = r.value(
            "headers", .headersWithCredentials, default: [],
            example: .object([("x-api-key", .object([("env", .string("KEY"))]))]),
            doc: "Headers of the request; a value is a string or a secret.")
        body = r.optional(
            "body", .json, example: .object([("q", .string("{query}"))]),
            doc:
                "JSON body of POST, PUT and PATCH, with `{name}` in its strings; a string of one place alone becomes the"
                + " argument's own value. Without it the arguments as they are.")
        result = r.optional(
            "result", .jsonPointer, example: .string("/current"),
            doc: "JSON pointer to the part of the answer that is the result; without it all of the answer.")
        argumentNames = Set(r.memberNames(of: "parameters", "properties"))
        bodyNames = Set(r.texts(of: "body").flatMap { ArgumentText($0).names })
        timeoutMs = r.milliseconds("timeout_ms", default: 10_000, doc: "Time until the whole answer must be there.")
        maxAnswerBytes = r.int(
            "max_answer_bytes", default: 65_536, in: 256...16_777_216, unit: .bytes, doc: "Size of the answer.")
        allowPrivate = r.bool(
            "allow_private", default: false,
            doc: "Whether the host may be on this machine or in a private network.")
        caFile = r.optional(
            "ca_file", .readableFile, doc: "PEM file of the authorities to trust instead of the system's.")
    }
}

extension ConfigType<String> {
    /// The address of an HTTP tool.
    static var toolURL: Self {
        parsed(
            "an http or https URL that may hold {name} in its path and query",
            pattern: "^[Hh][Tt][Tt][Pp][Ss]?://[^\\s#]+$",
            placeholder: "", json: { .string($0) }
        ) { ToolURL($0) == nil ? nil : $0 }
    }

    /// A pointer into a JSON document (RFC 6901).
    static var jsonPointer: Self {
        parsed("a JSON pointer such as \"/current\"", pattern: "^(/.*)?$", placeholder: "", json: { .string($0) }) {
            JSONPointer($0) == nil ? nil : $0
        }
    }
}
