import ArgumentParser
import CJSON

@main
struct Sluice: ParsableCommand {
    func run() throws { print("sluice") }
}
