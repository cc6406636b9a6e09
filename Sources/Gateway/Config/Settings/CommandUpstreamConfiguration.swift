package import Upstreams

/// A local program that answers: one process for each call, without a shell.
package struct CommandUpstreamConfiguration: Sendable {
    /// The program's absolute path, and its arguments.
    package let command: [String]
    /// Default prompt.
    package let input: CommandUpstream.Settings.Input
    /// Default text.
    package let output: CommandUpstream.Settings.Output
    /// Default: `PATH` alone.
    package let environment: [(name: String, value: Secret)]
    /// nil (default): where the gateway works.
    package let directory: String?
    /// Milliseconds for a call. Default 60,000.
    package let timeoutMs: Int
    /// Bytes of address space; nil (default): no bound.
    package let maxMemoryBytes: Int?
    /// Bytes of standard output. Default 16,777,216.
    package let maxOutputBytes: Int
    /// Repetitions, breaker, queue; programs at one time: default 16.
    package let calls: CallRulesConfiguration
    /// Default false.
    package let showStderr: Bool

    package init(_ r: ConfigReader) {
        command = r.required(
            "command", .list(of: .text, minimum: 1),
            example: .array([.string("/usr/local/bin/answer"), .string("--brief")]),
            doc: "The program's absolute path, and its arguments. There is no shell.")
        input = r.value(
            "input", .choice(.prompt), default: .prompt,
            doc: "What is written to its standard input: the text of the last user message (`prompt`), or the whole "
                + "request as JSON (`messages`).")
        output = r.value(
            "output", .choice(.text), default: .text,
            doc: "What it writes: the answer's `text`, or `json_lines`, each with `content`, `error` or a whole chunk.")
        environment = r.value(
            "environment",
            .map(
                of: .secretOrText("a text without control characters", pattern: "^[^\\u0000-\\u001F]*$") { text in
                    text.unicodeScalars.allSatisfy { $0.value >= 0x20 }
                }), default: [], example: .object([("LANG", .string("C.UTF-8"))]),
            doc: "Its environment, beside `PATH`, `SLUICE_MODEL` and `SLUICE_REQUEST_ID`; a value is a string or a "
                + "secret.")
        directory = r.optional(
            "directory", .string("an absolute path"), example: .string("/var/lib/answers"),
            doc: "Where it works; without it where the gateway does.")
        timeoutMs = r.milliseconds("timeout_ms", default: 60_000, doc: "For a call; then it is killed with its group.")
        maxMemoryBytes = r.optional(
            "max_memory_bytes", .int(in: 1_048_576...1 << 50, unit: .bytes), example: .integer(2_147_483_648),
            doc: "Its address space; without it there is no bound. Linux only.")
        maxOutputBytes = r.int(
            "max_output_bytes", default: 16_777_216, in: 1...1_073_741_824, unit: .bytes,
            doc: "Its standard output; one that writes more is killed.")
        calls = CallRulesConfiguration(r, maxInFlight: 16)
        showStderr = r.bool(
            "show_stderr", default: false,
            doc: "Whether clients are told the last 4,096 bytes that a failed program wrote to its standard error.")
        if let path = command.first, !path.hasPrefix("/") {
            r.report("expected an absolute path, found \(path.quoted)", at: .member("command"), .element(0))
        }
        if let directory, !directory.hasPrefix("/") { r.report("expected an absolute path", at: .member("directory")) }
        for (name, _) in environment where name.contains("=") || name.contains("\0") {
            r.report("expected the name of an environment variable", at: .member("environment"), .member(name))
        }
    }
}
