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

    /// The client's fields of this name (in lower case), which a policy lets travel.
    static func select(_ name: String, _ head: RequestHead) -> [HTTPField] {
        head.fields.compactMap { field in
            guard head.string(in: field.name).lowercased() == name else { return nil }
            return HTTPField(name, head.string(in: field.value))
        }
    }

    /// Which of a provider's fields travel to the client: its limits and its wishes about retries, and what policies
    /// say of others. Its request id gets a name of its own. `rates`: whether its rates are told, which they are unless
    /// the gateway has its own.
    static func relay(
        _ head: AnswerHead, rates: Bool, _ policies: AnswerFields = AnswerFields(), to output: inout ByteBuffer
    ) {
        let lines = unsafe head.lines.span.bytes
        head.forEachField { name, value in
            let isRequestID = head.equals(name, "x-request-id")
            let usually =
                isRequestID || rates && head.hasPrefix(name, "x-ratelimit-") || head.equals(name, "retry-after")
                || head.equals(name, "retry-after-ms") || head.equals(name, "x-should-retry")
            guard policies.isEmpty ? usually : passes(head, name, isRequestID, usually, policies) else { return }
            if isRequestID {
                unsafe output.appendField(upstreamRequestID.span.bytes, lines.extracting(value))
            } else {
                output.appendField(lines.extracting(name), lines.extracting(value))
            }
        }
    }

    private static func passes(
        _ head: AnswerHead, _ name: Range<Int>, _ isRequestID: Bool, _ usually: Bool, _ policies: AnswerFields
    ) -> Bool {
        let told = isRequestID ? upstreamRequestID[...] : head.lines[name]
        return policies.passes(String(decoding: told, as: UTF8.self).lowercased(), usually: usually)
    }
}
