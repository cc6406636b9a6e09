import ArgumentParser

/// `sluice check`: tells every mistake in a configuration file, or what in it is without effect. Exits with 0 if there is
/// no mistake, else with 1.
struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Check a configuration file.")

    @Option(help: "The configuration file.")
    var config = "config/gateway.json"

    func run() throws {
        let (report, isSound) = ConfigLoader.check(path: config)
        guard isSound else {
            StandardStreams.printError(report)
            throw ExitCode.failure
        }
        print(report)
    }
}
