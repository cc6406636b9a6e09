import ArgumentParser
import Glibc

/// `sluice serve`: runs the gateway until SIGTERM or SIGINT.
struct Serve: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Run the gateway.")

    @Option(help: "The configuration file.")
    var config = "config/gateway.json"

    func run() throws {
        ProcessSetup.prepare()
        let supervisor: Supervisor
        do {
            supervisor = try Supervisor(path: config)
        } catch {
            StandardStreams.printError("\(error)")
            throw ExitCode.failure
        }
        supervisor.run()
    }
}
