import Upstreams

/// Which of a request's header fields travel to a provider. All others stay here: an allow-list.
enum ForwardedFields {
    private static let names: [StaticString] = ["traceparent", "tracestate", "idempotency-key", "openai-beta"]

    private static let upstreamRequestID = Array("x-upstream-request-id".utf8)

    static func select(_ head: RequestHead) -> [HTTPField] {
        var fields: [HTTPField] = []
        for name in names {
            if let value = head.value(of: name) { fields.append(HTTPField(name.description, value)) }
        }
        return fields
    }

    /// Which of a provider's fields travel to the client: its limits and its wishes about retries. Its request id gets
    /// a name of its own. `rates`: whether its rates are told, which they are unless the gateway has its own.
    static func relay(_ head: AnswerHead, rates: Bool, to output: inout ByteBuffer) {
        let lines = unsafe head.lines.span.bytes
        head.forEachField { name, value in
            if rates && head.hasPrefix(name, "x-ratelimit-") || head.equals(name, "retry-after")
                || head.equals(name, "retry-after-ms") || head.equals(name, "x-should-retry")
            {
                output.appendField(lines.extracting(name), lines.extracting(value))
            } else if head.equals(name, "x-request-id") {
                unsafe output.appendField(upstreamRequestID.span.bytes, lines.extracting(value))
            }
        }
    }
}
