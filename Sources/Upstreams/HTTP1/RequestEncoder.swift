/// Writes the heads of requests to one provider.
///
/// Keeps the lines that are the same for every call of a path as bytes. Only one path at a time: a provider is called
/// on one or two.
struct RequestEncoder: ~Copyable {
    private let authority: String
    private let basePath: String
    private let fields: [HTTPField]
    private var path = ""
    private var method = TransportRequest.Method.post
    private var constantLines = ByteBuffer()

    /// Bodies up to this size are joined to their head, to leave by one system call.
    private static let joinedBytes = 16 * 1024

    init(_ settings: HTTPTransportSettings) {
        let parts = settings.baseURLParts
        authority = parts.authority
        basePath = parts.path
        fields = settings.fields
    }

    /// Appends the head of the request, and the body if it is small; gives back the body if it is not, and nothing if it
    /// comes through a pipe.
    mutating func write(_ request: consuming TransportRequest, to output: inout ByteBuffer) -> ByteBuffer {
        if constantLines.isEmpty || method != request.method || path != request.path {
            (method, path) = (request.method, request.path)
            writeConstantLines()
        }
        let isJoined = request.body.count <= Self.joinedBytes
        output.reserve(constantLines.count + 512 + (isJoined ? request.body.count : 0))
        constantLines.withBytes { output.append($0) }
        if method.hasBody {
            output.append("content-type: ")
            if let type = request.contentType { output.append(type) } else { output.append("application/json") }
            output.append("\r\n")
        }
        for field in request.fields { Self.append(field, to: &output) }
        guard method.hasBody else {
            output.append("\r\n")
            return ByteBuffer()
        }
        if let pipe = request.pipe {
            if let length = pipe.length {
                output.append("content-length: ")
                output.append(decimal: length)
                output.append("\r\n\r\n")
            } else {
                output.append("transfer-encoding: chunked\r\n\r\n")
            }
            return ByteBuffer()
        }
        output.append("content-length: ")
        output.append(decimal: request.body.count)
        output.append("\r\n\r\n")
        guard isJoined else { return request.body }
        request.body.withBytes { output.append($0) }
        return ByteBuffer()
    }

    private mutating func writeConstantLines() {
        constantLines.removeAll()
        constantLines.append(method.rawValue)
        constantLines.append(" ")
        constantLines.append(basePath)
        constantLines.append(path)
        constantLines.append(" HTTP/1.1\r\nhost: ")
        constantLines.append(authority)
        constantLines.append("\r\nuser-agent: sluice\r\naccept-encoding: identity\r\n")
        for field in fields { Self.append(field, to: &constantLines) }
    }

    private static func append(_ field: HTTPField, to output: inout ByteBuffer) {
        output.append(field.name)
        output.append(": ")
        output.append(field.value)
        output.append("\r\n")
    }
}
