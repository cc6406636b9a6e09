package import Upstreams

/// Models at Amazon Bedrock, by its Converse API.
package struct BedrockUpstreamConfiguration: Sendable {
    package let http: ProviderConfiguration
    /// How requests are turned into the provider's.
    package let encoding: BedrockUpstream.Encoding
    /// nil: calls show `api_key`.
    let signer: AmazonSigner?

    package init(_ r: ConfigReader) {
        let url = "https://bedrock-runtime.us-east-1.amazonaws.com"
        http = ProviderConfiguration(
            r,
            ProviderConfiguration.Defaults(
                exampleURL: url, exampleKey: "AWS_BEARER_TOKEN_BEDROCK", path: "/model/NAME/converse"))
        encoding = BedrockUpstream.Encoding(unsupported: .setting(r), unknown: .setting(r))
        let (host, path) = HTTPTransportSettings(baseURL: http.baseURL).baseURLParts
        signer = Self.signer(r, host: host)
        // The host is signed, and libcurl leaves out the port that goes without saying.
        if !path.isEmpty || host.hasSuffix(":443") {
            r.report("expected a URL without a path, and without the port 443", at: "base_url")
        }
    }

    private static func signer(_ r: ConfigReader, host: String) -> AmazonSigner? {
        let secret = ConfigType<Secret>.secretOrText("a key", pattern: "^[!-~]+$") { text in
            !text.isEmpty && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        }
        let id = r.optional(
            "access_key_id", secret, example: .object([("env", .string("AWS_ACCESS_KEY_ID"))]),
            doc: "The id of the access key that calls are signed with: a secret, or the id itself. Required without "
                + "`api_key`.")
        let key = r.optional(
            "secret_access_key", secret, example: .object([("env", .string("AWS_SECRET_ACCESS_KEY"))]),
            doc: "The access key; a secret. Required without `api_key`.")
        let token = r.optional(
            "session_token", secret, example: .object([("env", .string("AWS_SESSION_TOKEN"))]),
            doc: "The token that goes with an access key lent for a time; a secret.")
        let region = r.optional(
            "region", .string(), example: .string("us-east-1"),
            doc: "The region that calls are signed for. Required without `api_key`.")
        check(r)
        guard let id, let key, let region else { return nil }
        return AmazonSigner(
            keyID: id.exposed, secret: key, sessionToken: token, region: region, service: "bedrock", host: host)
    }

    /// Calls show a key or are signed.
    private static func check(_ r: ConfigReader) {
        let isKeyed = r.has("api_key") || r.has("api_keys")
        for name in ["access_key_id", "secret_access_key", "region"] where r.has(name) == isKeyed {
            r.report(
                isKeyed
                    ? "calls that show api_key are not signed; give one or the other"
                    : "missing; it is required without api_key", at: .member(name))
        }
    }
}
