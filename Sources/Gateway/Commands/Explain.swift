import ArgumentParser
import Glibc
import Upstreams

/// `sluice explain`: tells what a configuration makes of a request, policy by policy, without any provider.
///
/// Exits with 0 when the request passes, with 3 when it is refused, and with 2 when there is nothing to explain: a
/// wrong argument, a file that cannot be read, a configuration with mistakes.
struct Explain: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tell what a configuration makes of a request, policy by policy.",
        discussion: "Limits are those of a gateway that has just started; POST /admin/explain asks a running one.")

    private static let refused = ExitCode(3)
    static let unusable = ExitCode(2)
    /// Bytes that a request's file may have.
    private static let limit = 67_108_864

    @Option(help: "The configuration file.")
    var config = "config/gateway.json"

    @Option(help: "The request: HTTP/1.1 text, or only the JSON body of a chat completion. -: standard input.")
    var request: String

    @Option(help: "The caller's key, which other users of this machine can see; better --key-env.")
    var key: String?

    @Option(help: "Name of the environment variable that holds the caller's key.")
    var keyEnv: String?

    @Option(help: "Id of a configured key, to ask as its holder without having the key.")
    var keyID: String?

    @Option(help: "Name of the listener through which it comes; without it the first that serves the API.")
    var listener: String?

    @Option(help: "The client's IP address.")
    var clientAddress = "127.0.0.1"

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        ProcessSetup.prepare()
        let explanation: Explanation
        do {
            explanation = try explain()
        } catch {
            StandardStreams.printError((error as? APIError)?.message ?? "\(error)")
            throw Self.unusable
        }
        StandardStreams.print(json ? explanation.json : explanation.text)
        if explanation.refusal != nil { throw Self.refused }
    }

    private func explain() throws -> Explanation {
        let configuration = try ConfigLoader.load(path: config)
        let bench = try ExplainBench(configuration)
        var origin = ExplainedRequest.Origin(listener: try ExplainedRequest.listener(listener, configuration))
        guard ListenAddress.isHost(clientAddress) else {
            throw ValidationError("--client-address: expected an IP address, found \(clientAddress.quoted)")
        }
        origin.clientAddress = clientAddress
        origin.keyID = keyID
        let asked: ExplainedRequest
        do {
            let path = request == "-" ? "/dev/stdin" : request
            asked = try ExplainedRequest(
                file: try FileAccess.read(path, limit: Self.limit), key: try shownKey(), from: origin,
                maxHeadBytes: configuration.bounds.maxHeaderBytes)
        } catch let error as HTTPParseError {
            throw ValidationError("\(request): not a request: \(error.message)")
        } catch let error as FileAccessError {
            throw ValidationError("cannot read \(request): \(error.reason)")
        }
        return try bench.explain(asked)
    }

    private func shownKey() throws -> String? {
        guard let keyEnv else { return key }
        guard let value = ConfigLoader.processEnvironment(keyEnv) else {
            throw ValidationError("the environment variable \(keyEnv) is not set")
        }
        return value
    }
}

extension Explanation {
    fileprivate var json: String {
        var output = ByteBuffer()
        write(to: &output)
        return String(decoding: output.copy(), as: UTF8.self)
    }
}
