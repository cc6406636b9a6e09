package import Upstreams

/// How a provider is reached over HTTP, whatever API it speaks: the settings that all kinds of providers share.
package struct ProviderConfiguration: Sendable {
    /// What the kinds differ in.
    struct Defaults {
        /// nil: the URL must be given.
        var baseURL: String?
        let exampleURL: String
        let exampleKey: String
        /// What is appended to the URL, for the reference.
        let path: String
        var keyHeader = KeyHeader.authorization
    }

    /// Which versions of HTTP are spoken with the provider.
    package enum HTTPVersion: String, CaseIterable, Sendable {
        /// HTTP/2 over TLS when the provider offers it, else HTTP/1.1.
        case auto
        case http11 = "1.1"
        /// HTTP/2 over TLS.
        case http2 = "2"
    }

    /// An http or https URL without a slash at its end, such as `https://api.openai.com/v1`.
    package let baseURL: String
    /// What is put into `keyHeader`. Default: nothing.
    package let credential: UpstreamCredential
    /// Where the provider wants its key. The default depends on the kind.
    package let keyHeader: KeyHeader
    /// Several keys, which are shown in turn, instead of one. Default: none.
    package let keys: [Secret]
    package let timeouts: TimeoutsConfiguration
    /// Repetitions, breaker, queue.
    package let calls: CallRulesConfiguration
    /// Whether it is asked for its own sake if it answers; nil (default): it is not.
    package let healthCheck: HealthCheckConfiguration?
    /// URL of a proxy, perhaps with a password; nil (default): none. The environment is never asked.
    package let proxy: Secret?
    /// Hosts that are called without the proxy, as libcurl's NOPROXY takes them. Default: none.
    package let noProxy: [String]
    /// Absolute path of a PEM file of authorities; nil (default): the system's.
    package let caFile: String?
    /// Whether the provider's certificate is checked. Default true.
    package let verify: Bool
    /// Default auto.
    package let httpVersion: HTTPVersion
    /// Headers added to every call. Default: none.
    package let headers: [UpstreamHeader]
    /// Bytes of an answer that is not streamed. Default 67,108,864.
    package let maxResponseBytes: Int

    init(_ r: ConfigReader, _ defaults: Defaults) {
        baseURL = Self.baseURL(r, defaults)
        credential =
            r.optional(
                "api_key", .upstreamCredential, example: .object([("env", .string(defaults.exampleKey))]),
                doc: "The provider's key, or `{ \"from\": \"client\" }` to pass on the caller's own; without it none.")
            ?? .none
        keyHeader = r.value(
            "key_header", .choice(defaults.keyHeader), default: defaults.keyHeader,
            doc: "The header that carries the key; in `authorization` it is a bearer token.")
        keys = r.value(
            "api_keys", .list(of: .secret, minimum: 1), default: [],
            example: .array([.object([("env", .string(defaults.exampleKey))])]),
            doc: "Several keys instead of `api_key`, shown in turn; one that is refused rests for a while.")
        timeouts = r.section("timeouts", doc: "How long the provider may take.", TimeoutsConfiguration.init)
        calls = CallRulesConfiguration(r)
        healthCheck = r.optional(
            "health_check", .object(HealthCheckConfiguration.init),
            doc: "Asks the provider now and then whether it answers, and calls it no more while it does not.")
        proxy = r.optional(
            "proxy", .proxyURL, example: .string("http://proxy.example.com:3128"),
            doc: "URL of a proxy (http, https, socks5, socks5h); without it none. The environment is never asked.")
        noProxy = r.value(
            "no_proxy", .list(of: .string()), default: [],
            example: .array([.string("localhost"), .string(".internal")]),
            doc: "Hosts and domains that are called without the proxy.")
        caFile = r.optional(
            "ca_file", .readableFile, example: .string("certs/provider-ca.pem"),
            doc: "PEM file of the authorities to trust instead of the system's.")
        verify = r.bool("verify", default: true, doc: "Whether the provider's certificate is checked.")
        httpVersion = r.value(
            "http_version", .choice(.auto), default: .auto,
            doc: "`auto`: HTTP/2 over TLS when the provider offers it, else HTTP/1.1.")
        headers = r.value(
            "headers", .headers, default: [],
            example: .object([("openai-organization", .string("org-1"))]),
            doc: "Headers added to every call; a value is a string or a secret.")
        maxResponseBytes = r.int(
            "max_response_bytes", default: 67_108_864, in: 1024...1_073_741_824, unit: .bytes,
            doc: "Size of an answer that is not streamed.")
        if r.has("api_key"), r.has("api_keys") { r.report("give either api_key or api_keys", at: "api_keys") }
        if httpVersion == .http2, baseURL.hasPrefix("http://") {
            r.report("HTTP/2 is spoken over TLS alone; expected an https base_url", at: "http_version")
        }
    }

    private static func baseURL(_ r: ConfigReader, _ defaults: Defaults) -> String {
        let doc = "What the paths of the API are appended to, without `\(defaults.path)`."
        guard let url = defaults.baseURL else {
            return r.required("base_url", .baseURL, example: .string(defaults.exampleURL), doc: doc)
        }
        return r.value("base_url", .baseURL, default: url, example: .string(defaults.exampleURL), doc: doc)
    }
}
