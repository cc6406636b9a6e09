/// Models at Amazon Bedrock by its Converse API, on one worker (docs/upstreams.md).
package final class BedrockUpstream: ProviderUpstream {
    /// How canonical requests are turned into the provider's.
    package struct Encoding: Sendable {
        package var unsupported: ForeignFields.Unsupported
        package var unknown: ForeignFields.Unknown

        package init(unsupported: ForeignFields.Unsupported = .refuse, unknown: ForeignFields.Unknown = .drop) {
            self.unsupported = unsupported
            self.unknown = unknown
        }
    }

    package let client: ProviderClient
    private let encoding: Encoding
    private let signer: (any RequestSigner)?

    /// `signer`: nil if calls show a key, as they do with other providers.
    package init(client: ProviderClient, encoding: Encoding, signer: (any RequestSigner)?) {
        self.client = client
        self.encoding = encoding
        self.signer = signer
    }

    package func start(
        _ request: CompletionRequest, _ terms: CallTerms, sink: any CompletionSink
    ) -> any CompletionCall {
        let decoder = BedrockDecoder(
            parser: client.parser, chunks: chunks(request, terms), maxBlockBytes: client.settings.maxEventBytes)
        return start(request, terms, decoder, sink: sink)
    }

    package func transportRequest(
        _ request: CompletionRequest, model: String
    ) throws(UpstreamError) -> TransportRequest {
        var encoder = BedrockRequestEncoder(request: request, encoding: encoding, parser: client.parser)
        let body = try encoder.encode()
        let path = "/model/\(model.pathSegment)/\(request.isStream ? "converse-stream" : "converse")"
        var fields = request.foreignFields
        if request.isStream { fields.append(HTTPField("accept", BedrockDecoder.mediaType)) }
        if let signer {
            fields += body.withBytes { signer.fields(path: path, body: $0, now: client.wallClock()) }
        }
        return TransportRequest(path: path, fields: fields, body: body)
    }
}
