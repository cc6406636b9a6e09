import Upstreams

/// What a worker's upstreams are made of: its loop, its libcurl, its JSON parser and the memory it reads into.
struct UpstreamContext {
    let loop: EventLoop
    let curl: CurlMulti
    let parser: JSONParser
    let readBuffer = ReadBuffer()

    /// `longestConnect`: the longest time to connect, in milliseconds, that a model or a target has of its own; each call
    /// keeps its own time, so the way there has to allow the longest.
    func makeUpstream(
        _ upstream: UpstreamConfiguration, shared: SharedState, bounds: BoundsConfiguration, longestConnect: Int? = nil
    ) -> any Upstream {
        switch upstream.kind {
        case .openai(let configuration):
            return OpenAIUpstream(
                client: client(configuration.http), paths: configuration.paths, apiVersion: configuration.apiVersion,
                hasResponses: configuration.hasResponses)
        case .anthropic(let configuration):
            return AnthropicUpstream(
                client: client(configuration.http), encoding: configuration.encoding, version: configuration.version,
                betas: configuration.betas)
        case .gemini(let configuration):
            return GeminiUpstream(client: client(configuration.http), encoding: configuration.encoding)
        case .bedrock(let configuration):
            return BedrockUpstream(
                client: client(configuration.http), encoding: configuration.encoding, signer: configuration.signer)
        case .httpTask(let configuration):
            return HTTPTaskUpstream(client: client(configuration.http), settings: configuration.api)
        case .command(let configuration):
            return CommandUpstream(
                settings: CommandUpstream.Settings(configuration, bounds), runner: loop, reactor: loop, parser: parser,
                inFlight: shared.health.upstream(upstream.name).places, wallClock: Self.seconds)
        case .echo(let configuration):
            return EchoUpstream(settings: EchoUpstream.Settings(configuration), reactor: loop, wallClock: Self.seconds)
        case .magi(let configuration):
            return MagiUpstream(configuration)
        }

        func client(_ configuration: ProviderConfiguration) -> ProviderClient {
            ProviderClient(
                settings: CallSettings(configuration, bounds),
                transport: transport(to: configuration, longestConnect: longestConnect), reactor: loop, parser: parser,
                inFlight: shared.health.upstream(upstream.name).places, wallClock: Self.seconds)
        }
    }

    private static func seconds() -> Int { WallClock.now / 1_000_000_000 }

    /// A way to call a provider. `longestConnect`: milliseconds that some call may take to connect; nil: none longer than
    /// the upstream has it.
    func transport(to configuration: ProviderConfiguration, longestConnect: Int? = nil) -> any HTTPTransport {
        var settings = HTTPTransportSettings(configuration)
        settings.connectTimeout = max(settings.connectTimeout, longestConnect ?? 0)
        return settings.suitsHTTP1
            ? HTTP1Transport(multi: curl, settings: settings, readBuffer: readBuffer)
            : CurlTransport(multi: curl, settings: settings)
    }
}

extension Configuration {
    /// The longest time to connect to an upstream, in milliseconds, that a model or a target has of its own; nil: none has.
    func longestConnect(to upstream: String) -> Int? {
        models.flatMap { model in
            model.targets.filter { $0.upstream == upstream }.compactMap {
                $0.timeouts?.connectMs ?? model.timeouts?.connectMs
            }
        }.max()
    }
}

extension UpstreamConfiguration.Kind {
    /// How the provider is reached; nil: there is none, the gateway answers itself.
    var transport: HTTPTransportSettings? { http.map { HTTPTransportSettings($0) } }
}

extension HTTPTransportSettings {
    init(_ configuration: ProviderConfiguration) {
        self.init(baseURL: configuration.baseURL)
        fields = configuration.headers.map { HTTPField($0.name, $0.value.exposed) }
        if case .key(let key) = configuration.credential {
            fields.append(configuration.keyHeader.field(key.exposed))
        }
        connectTimeout = configuration.timeouts.connectMs
        proxy = configuration.proxy?.exposed
        proxyExceptions = configuration.noProxy.isEmpty ? nil : configuration.noProxy.joined(separator: ",")
        authoritiesFile = configuration.caFile
        verifiesCertificate = configuration.verify
        switch configuration.httpVersion {
        case .auto: version = .automatic
        case .http11: version = .http1
        case .http2: version = .http2
        }
    }
}

extension CallSettings {
    fileprivate init(_ configuration: ProviderConfiguration, _ bounds: BoundsConfiguration) {
        self.init()
        firstEventTimeout = configuration.timeouts.firstEventMs
        idleTimeout = configuration.timeouts.idleMs
        totalTimeout = configuration.timeouts.totalMs
        maxInFlight = configuration.calls.maxInFlight
        maxEventBytes = bounds.maxEventBytes
        maxResponseBytes = configuration.maxResponseBytes
        keyHeader = configuration.keyHeader
        if case .client = configuration.credential { passesCallerKey = true }
    }
}

extension CommandUpstream.Settings {
    fileprivate init(_ configuration: CommandUpstreamConfiguration, _ bounds: BoundsConfiguration) {
        self.init(
            program: Program(
                command: configuration.command,
                environment: configuration.environment.map { "\($0.name)=\($0.value.exposed)" },
                directory: configuration.directory, maxMemory: configuration.maxMemoryBytes))
        input = configuration.input
        output = configuration.output
        timeout = configuration.timeoutMs
        maxOutputBytes = configuration.maxOutputBytes
        maxLineBytes = bounds.maxEventBytes
        maxInFlight = configuration.calls.maxInFlight
        showsErrors = configuration.showStderr
    }
}

extension EchoUpstream.Settings {
    fileprivate init(_ configuration: EchoUpstreamConfiguration) {
        self.init()
        switch configuration.chunk {
        case .char: chunk = .character
        case .word: chunk = .word
        case .line: chunk = .line
        case .whole: chunk = .whole
        }
        firstEventDelay = configuration.firstEventMs
        gap = configuration.gapMs
        failAfter = configuration.failAfter
        status = configuration.status
        script = configuration.script.map { Reply(match: $0.match, reply: $0.reply) }
    }
}
