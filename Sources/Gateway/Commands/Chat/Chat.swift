import ArgumentParser
import Glibc
import Upstreams

/// `sluice chat`: asks a gateway, as a person or a script would, and shows the answer as it comes.
///
/// The exit code tells how it ended (`ChatEnding.exitCode`); a wrong argument is 2.
struct Chat: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Ask a gateway and show the answer as it comes.",
        discussion: """
            Exit codes: 0 the whole answer, 1 the gateway or the provider refused or failed, 2 wrong arguments, \
            3 the answer broke off, 4 a timeout, 130 Ctrl-C. With --scenario: 0 what was expected came, else 1.
            """)

    private static let maxPromptBytes = 16 << 20

    @Option(help: "openai, question, code, agent or ask.")
    var dialect = ChatKind.openai

    @Option(help: "The gateway; without it $SLUICE_URL, else http://127.0.0.1:8080.")
    var url: String?

    @Option(help: "The model (openai); without it the first that the gateway names.")
    var model: String?

    @Option(help: "The key, which other users of this machine can see; better in $SLUICE_API_KEY.")
    var key: String?

    @Option(help: "Instructions for the model (openai, agent).")
    var system: String?

    @Option(help: "Seconds for all of it; without it 600, with --scenario timeout 1.")
    var timeout: Double?

    @Option(help: "Try a path: ok, timeout or invalid. Tells what was expected and what came.")
    var scenario: ChatScenario?

    @Option(help: "PEM file of the authorities to trust.")
    var caFile: String?

    @Flag(help: "Do not check the gateway's certificate.")
    var insecure = false

    @Flag(help: "Show the events as they come.")
    var raw = false

    @Flag(name: .customLong("async"), help: "Submit a task, and follow it (openai).")
    var isTask = false

    @Flag(help: "Open the task's page in the browser.")
    var open = false

    @Argument(help: "What to ask. -, or nothing: standard input.")
    var prompt: String?

    func validate() throws {
        guard ChatURL.base(address) != nil else {
            throw ValidationError(
                "--url: expected a gateway's address such as https://llm.example.org, found \(address.quoted)")
        }
        if model != nil, dialect != .openai {
            throw ValidationError("--model: the gateway's configuration names the model of this dialect")
        }
        if system != nil, dialect != .openai, dialect != .agent {
            throw ValidationError("--system: this dialect takes no instructions")
        }
        if let timeout, !(0.001...86_400).contains(timeout) {
            throw ValidationError("--timeout: seconds, from 0.001 to 86400")
        }
        if let secret, !secret.utf8.allSatisfy({ 0x21...0x7E ~= $0 }) {
            throw ValidationError("the key is not visible ASCII without blanks")
        }
        if let caFile, let obstacle = FileAccess.obstacle(toReading: caFile) {
            throw ValidationError("--ca-file: cannot read \(caFile): \(obstacle)")
        }
        if isTask, dialect != .openai || scenario != nil {
            throw ValidationError("--async: only for the openai dialect, and without --scenario")
        }
        if open, !isTask { throw ValidationError("--open: only with --async") }
    }

    func run() throws {
        ProcessSetup.prepare()
        var asked = ChatPrompt(text: try promptText())
        asked.system = system
        let client = makeClient()
        let screen = ChatScreen(scenario != nil ? .nothing : raw && dialect != .code ? .events : .text)
        let ending = exchange(&asked, client, screen)
        guard let scenario else {
            screen.end(ending)
            throw ExitCode(ending.exitCode)
        }
        try report(ending, of: scenario)
    }

    private func exchange(_ asked: inout ChatPrompt, _ client: ChatClient, _ screen: ChatScreen) -> ChatEnding {
        if dialect == .openai {
            switch modelName(client) {
            case .success(let name): asked.model = name
            case .failure(let stop): return stop.ending
            }
        }
        if isTask { return ChatTask(client: client, screen: screen).run(asked, opens: open) }
        let body = scenario == .invalid ? dialect.invalidBody(asked) : dialect.body(asked)
        return client.post(dialect.path, body, to: ChatAnswer(dialect.form, display: screen))
    }

    private func report(_ ending: ChatEnding, of scenario: ChatScenario) throws {
        if ending == .interrupted { throw ExitCode(ending.exitCode) }
        let isMet = scenario.isMet(by: ending)
        let verdict = isMet ? "ok" : "FAILED"
        let line = "\(verdict) \(scenario.rawValue): expected \(scenario.expectation), came \(ending.summary)"
        StandardStreams.print(ClientText.harmless(line))
        if !isMet { throw ExitCode.failure }
    }

    // MARK: What is asked

    private var address: String {
        url ?? ConfigLoader.processEnvironment("SLUICE_URL") ?? "http://127.0.0.1:8080"
    }

    private var secret: String? {
        guard let secret = key ?? ConfigLoader.processEnvironment("SLUICE_API_KEY"), !secret.isEmpty else { return nil }
        return secret
    }

    private func makeClient() -> ChatClient {
        var settings = HTTPTransportSettings(baseURL: ChatURL.base(address) ?? address)
        settings.authoritiesFile = caFile
        settings.verifiesCertificate = !insecure
        // The gateway's own, and the one whose heads tell how a body ends.
        settings.version = .http1
        return ChatClient(settings, key: secret, timeout: timeout ?? (scenario == .timeout ? 1 : 600))
    }

    private func promptText() throws -> String {
        if let prompt, prompt != "-" { return try Self.some(prompt) }
        if scenario != nil, prompt == nil { return "Hello, Sluice!" }
        if isatty(STDIN_FILENO) == 1 { StandardStreams.printError("The prompt, ended by Ctrl-D:") }
        do {
            let bytes = try FileAccess.read("/dev/stdin", limit: Self.maxPromptBytes)
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw ValidationError("the prompt is not UTF-8")
            }
            return try Self.some(text)
        } catch let error as FileAccessError {
            throw ValidationError("cannot read the prompt: \(error.reason)")
        }
    }

    private static func some(_ prompt: String) throws -> String {
        guard prompt.contains(where: { !$0.isWhitespace }) else { throw ValidationError("the prompt is empty") }
        return prompt
    }

    private func modelName(_ client: ChatClient) -> Result<String, ChatStop> {
        if let model { return .success(model) }
        let models = ChatBody(expected: 200)
        let ending = client.get("/v1/models", to: models)
        guard ending == .whole else { return .failure(ChatStop(ending: ending)) }
        for model in (models.document?.root["data"]?.elements).map(Array.init) ?? [] {
            if let id = model["id"]?.string { return .success(id) }
        }
        return .failure(ChatStop(ending: .failed("The gateway names no model; --model says which to ask.")))
    }
}
