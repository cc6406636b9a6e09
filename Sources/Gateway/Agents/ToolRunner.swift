import Upstreams

/// The calls of tools of one answer: runs them as they come, so many at a time, each for so long.
///
/// Owns the calls and their order. States of each: pending → running → completed or error. Wakes its agent when one
/// ends. After `cancel` nothing runs and nothing is told.
final class ToolRunner {
    struct Limits: Sendable {
        var parallel: Int
        /// Milliseconds for one call.
        var timeout: Int
        /// Bytes of a result that the model is shown.
        var maxResultBytes = 262_144
    }

    private(set) var calls: [AgentToolCall] = []
    private let tools: [String: any Tool]
    private let limits: Limits
    private let events: any AgentEvents
    private let parser: JSONParser
    private let loop: any Reactor
    private let wakeup: Wakeup
    private var running: [Int: Running] = [:]
    private var next = 0

    private struct Running {
        var call: (any RunningTool)?
        var timer: any ReactorTimer
    }

    init(
        _ tools: [String: any Tool], _ limits: Limits, telling events: any AgentEvents, parser: JSONParser,
        loop: any Reactor, waking wakeup: Wakeup
    ) {
        self.tools = tools
        self.limits = limits
        self.events = events
        self.parser = parser
        self.loop = loop
        self.wakeup = wakeup
    }

    /// No call is under way or waits.
    var isIdle: Bool { running.isEmpty && next == calls.count }

    func add(_ call: AgentToolCall) {
        calls.append(call)
        startNext()
    }

    /// Ends all that run.
    func cancel() {
        next = calls.count
        let ended = running.values
        running = [:]
        for run in ended {
            run.timer.cancel()
            run.call?.cancel()
        }
    }

    // MARK: Calls

    private func startNext() {
        while next < calls.count, running.count < limits.parallel {
            next += 1
            start(next - 1)
        }
    }

    private func start(_ index: Int) {
        calls[index].status = .running
        calls[index].startedAt = loop.now
        events.toolStarted(calls[index])
        guard let tool = tools[calls[index].name] else {
            return end(index, .failure(Self.unknownTool(calls[index].name, among: tools.keys.sorted())))
        }
        let bytes = Array(calls[index].arguments.utf8)
        guard let arguments = unsafe try? parser.parse(bytes.span.bytes).root, arguments.kind == .object else {
            return end(index, .failure("The arguments are not a JSON object."))
        }
        let timer = loop.timer { [unowned self] in expire(index) }
        timer.arm(milliseconds: limits.timeout)
        running[index] = Running(call: nil, timer: timer)
        let call = tool.run(arguments) { [self] outcome in end(index, outcome) }
        if let call { running[index]?.call = call }
    }

    private static func unknownTool(_ name: String, among names: [String]) -> String {
        names.isEmpty
            ? "No tools can be called here."
            : "There is no tool '\(name.prefix(64))'. There are: \(names.joined(separator: ", "))."
    }

    private func expire(_ index: Int) {
        running[index]?.call?.cancel()
        end(index, .failure("The tool did not answer within \(limits.timeout) ms."))
    }

    private func end(_ index: Int, _ outcome: ToolOutcome) {
        // A tool that was given up may still say something.
        guard calls[index].outcome == nil, next > index else { return }
        running.removeValue(forKey: index)?.timer.cancel()
        let outcome = bounded(outcome)
        calls[index].outcome = outcome
        if case .result = outcome { calls[index].status = .completed } else { calls[index].status = .error }
        let start = calls[index].startedAt ?? loop.now
        calls[index].milliseconds = Double((loop.now.nanoseconds - start.nanoseconds) / 1000) / 1000
        events.toolEnded(calls[index])
        startNext()
        wakeup.wake()
    }

    private func bounded(_ outcome: ToolOutcome) -> ToolOutcome {
        guard case .result(let text) = outcome, text.utf8.count > limits.maxResultBytes else { return outcome }
        return .failure("The result has more than \(limits.maxResultBytes) bytes.")
    }
}
