import Policies

/// The gateway's whole configuration: an immutable value, checked in every respect before anyone sees it.
///
/// Read from one JSON file by `ConfigLoader`. A reload makes a new one; requests under way keep theirs.
package struct Configuration: Sendable {
    /// Where the gateway listens; at least one.
    package let listeners: [ListenerConfiguration]
    /// Threads that serve requests, one loop each; 0 (default): one per processor core.
    package let workers: Int
    /// Every limit of size and time.
    package let bounds: BoundsConfiguration
    /// Where completions are kept. Default: memory.
    package let store: StoreConfiguration
    /// Providers and local models, in the order of the file, names unique; at least one.
    package let upstreams: [UpstreamConfiguration]
    /// What clients may ask for, in the order of the file, names unique; at least one. The first match decides.
    package let models: [ModelConfiguration]
    /// The callers' keys: those of the file itself and those of its `keys_file`; ids and hashes unique. Default: none.
    package let keys: [KeyConfiguration]
    /// Absolute path of the keys file; nil (default): there is none.
    package let keysFile: String?
    /// In the order in which they act. Default: none.
    package let policies: [PolicyConfiguration]
    /// Which web pages may call the gateway from a browser. Default: none.
    package let cors: CORSConfiguration
    /// Streams that clients may come back to.
    package let resume: ResumeConfiguration
    /// When it is read anew.
    package let reload: ReloadConfiguration
    /// The forms in which clients may ask besides OpenAI's. Default: none.
    package let dialects: DialectsConfiguration
    /// HTTP tools by their names, which are unique and no built-in tool's.
    package let tools: [(name: String, value: ToolConfiguration)]
    /// MCP servers by their names, which are unique and no tool's.
    package let mcpServers: [(name: String, value: MCPServerConfiguration)]
    /// Assistants with tools, names unique.
    package let agents: [AgentConfiguration]
    /// Completions that go on without their clients.
    package let tasks: TasksConfiguration
    /// The address of the gateway in links, without a slash at its end; nil (default): as each client wrote it.
    package let publicURL: String?
    /// Logs.
    package let telemetry: TelemetryConfiguration
    /// Access to the operators' surface.
    package let admin: AdminConfiguration
    /// Every file that it was read from or that it names, absolute, as they were just before. Set by the loader.
    package internal(set) var files: [String: FileStamp] = [:]
    /// What is legal in it and yet without effect. Set by the loader.
    package internal(set) var warnings: [ConfigIssue] = []
    /// The file as it was read; nil for a configuration that was made of none.
    package internal(set) var source: ConfigNode?

    package init(_ r: ConfigReader) {
        _ = r.optional(
            "$schema", .text, example: .string("./gateway.schema.json"),
            doc: "Where editors find the schema of this file; the gateway ignores it.")
        listeners = r.required(
            "listeners", .list(of: .object(ListenerConfiguration.init), minimum: 1), doc: "Where the gateway listens.")
        workers = r.int(
            "workers", default: 0, in: 0...1024, doc: "Threads that serve requests; 0: one per processor core.")
        bounds = r.section("bounds", doc: "Every limit of size and time.", BoundsConfiguration.init)
        store = r.value(
            "store", .variant("kind", StoreConfiguration.kinds),
            default: .memory(MemoryStoreConfiguration(.placeholder)),
            doc: "Where completions are kept.")
        upstreams = r.required(
            "upstreams", .map(of: .variant("kind", UpstreamConfiguration.kinds), minimum: 1),
            doc: "Providers and local models, by a name of your choice."
        ).map { UpstreamConfiguration(name: $0.name, kind: $0.value) }
        let upstreamNames = r.memberNames(of: "upstreams")
        models = r.required(
            "models", .list(of: .object { ModelConfiguration($0, upstreams: upstreamNames) }, minimum: 1),
            doc: "What clients may ask for. The first entry whose name fits decides.")
        (keys, keysFile) = KeyConfiguration.list(r)
        let listenerNames = listeners.map(\.name)
        policies = r.value(
            "policies",
            .list(
                of: .variant("kind", PolicyConfiguration.kinds(listeners: listenerNames, upstreams: upstreams))),
            default: [], doc: "Rules for requests, in the order in which they act.")
        cors = r.section("cors", doc: "Which web pages may call the gateway from a browser.", CORSConfiguration.init)
        resume = r.section("resume", doc: "Streams that clients may come back to.", ResumeConfiguration.init)
        reload = r.section("reload", doc: "When the configuration is read anew.", ReloadConfiguration.init)
        let (modelNames, allUpstreams) = (models.flatMap { [$0.name] + $0.aliases }, upstreams)
        dialects = r.section("dialects", doc: "The forms in which clients may ask besides OpenAI's.") {
            DialectsConfiguration($0, models: modelNames, upstreams: allUpstreams)
        }
        telemetry = r.section("telemetry", doc: "Logs.", TelemetryConfiguration.init)
        admin = r.section("admin", doc: "Access to the operators' surface.", AdminConfiguration.init)
        tools = r.value(
            "tools", .map(of: .object(ToolConfiguration.init)), default: [],
            doc: "HTTP tools of agents, by the name that models call them by.")
        mcpServers = r.value(
            "mcp_servers", .map(of: .object(MCPServerConfiguration.init)), default: [],
            doc: "MCP servers whose tools agents may use; a tool is called `SERVER_TOOL`.")
        agents = AgentConfiguration.list(r, models: modelNames)
        tasks = r.section("tasks", doc: "Completions that go on without their clients.", TasksConfiguration.init)
        publicURL = r.optional(
            "public_url", .baseURL, example: .string("https://llm.example.com"),
            doc: "The address by which clients reach the gateway, for links; without it the one that they have asked.")
        requireToolNames(r)
        requireUniqueNames(r)
        requireModels(r)
        requireMagiModels(r)
        requireClientAuthorities(r)
        requireCallersKeys(r)
        requireGuardedListeners(r)
        if case .redis = store, tasks.journal != nil {
            r.report("expected without a store in Redis, which keeps tasks then", at: "tasks", "journal")
        }
        warn(r)
    }

    /// The policy that decides who may call through a listener: the first `auth` policy that is enforced there.
    package func authentication(onListener name: String) -> AuthPolicyConfiguration? {
        guard let place = authenticationPlace(onListener: name), case .auth(let auth) = policies[place].kind else {
            return nil
        }
        return auth
    }

    /// The place of that policy among all.
    func authenticationPlace(onListener name: String) -> Int? {
        policies.firstIndex { policy in
            guard policy.mode == .enforce, policy.match.includes(listener: name), case .auth = policy.kind else {
                return false
            }
            return true
        }
    }

    /// Refuses an auth policy that accepts certificates where no listener asks for any.
    private func requireClientAuthorities(_ r: ConfigReader) {
        for (index, policy) in policies.enumerated() {
            guard case .auth(let auth) = policy.kind, auth.requirements.contains(.clientCertificate) else { continue }
            let asks = listeners.contains { policy.match.includes(listener: $0.name) && $0.tls?.clientCAFile != nil }
            if !asks {
                r.report(
                    "no listener that this policy is for has tls.client_ca_file", at: "policies", .element(index),
                    "require")
            }
        }
    }

    /// Refuses upstreams that get the callers' own keys where no caller could have one to show: every listener asks for a
    /// key or a token of the gateway's, which never goes to a provider.
    private func requireCallersKeys(_ r: ConfigReader) {
        let serving = listeners.filter { $0.serves.contains(.api) }
        let asksAlways = serving.allSatisfy { listener in
            guard let auth = authentication(onListener: listener.name) else { return false }
            return !auth.isOpen && !auth.requirements.contains(.clientCertificate)
        }
        guard asksAlways, !serving.isEmpty else { return }
        for upstream in upstreams {
            guard case .client? = upstream.kind.http?.credential else { continue }
            r.report(
                "callers show keys of the gateway's here, which are never passed on to a provider; give the provider's"
                    + " own key, or let callers in by \"open\" or \"client_certificate\"",
                at: "upstreams", .member(upstream.name), "api_key")
        }
    }

    private func requireToolNames(_ r: ConfigReader) {
        for (section, names) in [("tools", tools.map(\.name)), ("mcp_servers", mcpServers.map(\.name))] {
            for name in names where !ToolDefinition.isName(name) {
                r.report("a tool's name has 1 to 64 letters, digits, _ and -", at: .member(section), .member(name))
            }
            for name in names where AgentConfiguration.builtInTools.contains(name) {
                r.report("\(name.quoted) is built in", at: .member(section), .member(name))
            }
        }
        for server in mcpServers where tools.contains(where: { $0.name == server.name }) {
            r.report("a tool has this name", at: "mcp_servers", .member(server.name))
        }
        for tool in tools {
            guard let url = ToolURL(tool.value.url) else { continue }
            let names = url.names.union(tool.value.bodyNames)
            for name in names.subtracting(tool.value.argumentNames).sorted() {
                r.report("{\(name)} is no property of parameters", at: "tools", .member(tool.name), "url")
            }
        }
    }

    private func requireUniqueNames(_ r: ConfigReader) {
        r.requireUnique("listeners", "name", "two listeners have this name")
        r.requireUnique(
            "listeners", "address",
            canonical: { text in ListenAddress(text).flatMap { $0.port == 0 ? nil : "\($0.bytes) \($0.port)" } },
            "two listeners have this address")
        r.requireUnique("models", "name", "two models have this name")
    }

    /// Refuses aliases that name two models, and fallbacks that name none.
    private func requireModels(_ r: ConfigReader) {
        var names = Set(models.map(\.name))
        for (index, model) in models.enumerated() {
            for (place, alias) in model.aliases.enumerated() where !names.insert(alias).inserted {
                r.report(
                    "another model has this name", at: "models", .element(index), "aliases", .element(place))
            }
        }
        for (index, model) in models.enumerated() {
            for (place, rule) in model.fallbacks.enumerated()
            where !names.contains(rule.model) && !models.contains(where: { Glob($0.name).matches(rule.model) }) {
                r.report(
                    "there is no model \(rule.model.quoted)", at: "models", .element(index), "fallbacks",
                    .element(place))
            }
        }
    }

    /// Refuses panels whose models there are not, or which would ask a panel again.
    private func requireMagiModels(_ r: ConfigReader) {
        let panels = Set(upstreams.filter(\.isMagi).map(\.name))
        func route(_ name: String) -> ModelConfiguration? {
            models.first { $0.name == name || $0.aliases.contains(name) }
                ?? models.first { Glob($0.name).matches(name) }
        }
        func asksPanel(_ model: ModelConfiguration) -> Bool {
            ([model] + model.fallbacks.compactMap { route($0.model) }).contains {
                $0.targets.contains { panels.contains($0.upstream) }
            }
        }
        for upstream in upstreams {
            guard case .magi(let magi) = upstream.kind else { continue }
            for (steps, name) in magi.models {
                let place = [.member("upstreams"), .member(upstream.name)] + steps
                guard let model = route(name) else {
                    r.report("there is no model \(name.quoted)", at: place)
                    continue
                }
                if asksPanel(model) { r.report("the model \(name.quoted) is answered by a panel itself", at: place) }
            }
        }
    }

    /// Refuses an API or operators' surface that the network can reach without a key, unless it is meant to be so.
    private func requireGuardedListeners(_ r: ConfigReader) {
        for (index, listener) in listeners.enumerated() {
            let auth = authentication(onListener: listener.name)
            let isOpen = auth.map { $0.isOpen && !$0.allowOpen } ?? true
            if listener.serves.contains(.api), !listener.address.isLoopback, isOpen {
                r.report(
                    "\(listener.address) can be reached from the network and no key is asked for; add a policy"
                        + " { \"kind\": \"auth\", \"require\": \"key\" }, or \"require\": \"open\" with"
                        + " \"allow_open\": true",
                    at: "listeners", .element(index), "address")
            }
            let isExposed = !listener.address.isLoopback || listener.serves.contains(.api)
            if listener.serves.contains(.admin), admin.keys.isEmpty, isExposed {
                r.report(
                    "admin without admin.keys needs a loopback listener of its own", at: "listeners", .element(index),
                    "serves")
            }
        }
    }
}
