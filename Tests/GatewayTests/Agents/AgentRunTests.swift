import Testing
import Upstreams

@testable import Gateway

/// An agent's turn: the model's answers, the calls of tools, and what the client is told.
struct AgentRunTests {
    private let loop = EventLoop()
    private let parser = JSONParser()

    // MARK: A model and tools that a test writes

    private final class Model: AgentModel {
        /// The events of each answer, in the order of the requests; the last one is given again and again.
        var answers: [[String]]
        private(set) var requests: [String] = []
        var failure: APIError?
        var isSilent = false
        private(set) var closed: [Bool] = []

        init(_ answers: [[String]]) { self.answers = answers }

        func ask(_ request: consuming ByteBuffer, waking wakeup: Wakeup) async throws(APIError) -> (any AgentAnswer)? {
            requests.append(request.text)
            if let failure { throw failure }
            return Answer(answers[min(requests.count, answers.count) - 1], isSilent: isSilent) {
                self.closed.append($0)
            }
        }

        private final class Answer: AgentAnswer {
            private var events: [String]
            private let isSilent: Bool
            private let noteClose: (Bool) -> Void

            init(_ events: [String], isSilent: Bool, _ noteClose: @escaping (Bool) -> Void) {
                self.events = events
                self.isSilent = isSilent
                self.noteClose = noteClose
            }

            func drain(_ body: (RawSpan) -> Void) throws(APIError) {
                for event in events { ByteBuffer(Array(event.utf8)).withBytes(body) }
                events = []
            }

            var end: Result<Void, APIError>? { isSilent ? nil : .success(()) }
            func close(isWanted: Bool) { noteClose(isWanted) }
        }
    }

    /// Answers after some milliseconds, or never.
    private final class SlowTool: Tool {
        let definition: ToolDefinition
        private let loop: EventLoop
        private let milliseconds: Int?
        private(set) var running = 0
        private(set) var most = 0
        private(set) var cancelled = 0

        init(_ name: String, _ loop: EventLoop, _ milliseconds: Int?) {
            definition = ToolDefinition(name: name, description: "", parameters: Array("{}".utf8))
            self.loop = loop
            self.milliseconds = milliseconds
        }

        func run(_ arguments: JSONValue, _ done: @escaping (ToolOutcome) -> Void) -> (any RunningTool)? {
            running += 1
            most = max(most, running)
            let call = Call(self)
            let words = arguments["x"]?.sourceText ?? "none"
            call.timer = loop.timer { [self] in
                running -= 1
                done(.result("got \(words)"))
            }
            if let milliseconds { call.timer?.arm(milliseconds: milliseconds) }
            return call
        }

        private final class Call: RunningTool {
            private let tool: SlowTool
            var timer: (any ReactorTimer)?

            init(_ tool: SlowTool) { self.tool = tool }

            func cancel() {
                timer?.cancel()
                tool.running -= 1
                tool.cancelled += 1
            }
        }
    }

    private final class Events: AgentEvents {
        private(set) var lines: [String] = []
        var isFull = false

        func chunk(_ text: RawSpan) {
            var copy = ByteBuffer()
            copy.append(text)
            lines.append("chunk \(copy.text)")
        }

        func toolStarted(_ call: AgentToolCall) { lines.append("start \(call.id) \(call.status.rawValue)") }
        func toolEnded(_ call: AgentToolCall) { lines.append("end \(call.id) \(call.status.rawValue) \(call.message)") }
    }

    private static func text(_ text: String) -> String { #"{"choices":[{"index":0,"delta":{"content":"\#(text)"}}]}"# }

    private static func call(_ index: Int, _ id: String?, _ name: String?, _ arguments: String) -> String {
        var text = ByteBuffer()
        text.appendJSON {
            $0.object { body in
                body.array("choices") {
                    $0.object {
                        $0.object("delta") {
                            $0.array("tool_calls") {
                                $0.object {
                                    $0.member("index", index)
                                    if let id { $0.member("id", id) }
                                    $0.object("function") {
                                        if let name { $0.member("name", name) }
                                        $0.member("arguments", arguments)
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
        return text.text
    }

    private func settings(
        _ tools: [any Tool], parallel: Int = 5, timeout: Int = 5000, rounds: Int = 8
    ) -> AgentRun.Settings {
        AgentRun.Settings(
            model: "m", instructions: "Be kind.", history: [Array(#"{"role":"user","content":"before"}"#.utf8)],
            tools: tools, limits: .init(parallel: parallel, timeout: timeout), maxRounds: rounds)
    }

    private func run(_ model: Model, _ settings: AgentRun.Settings, _ events: Events) throws -> AgentRun.Outcome? {
        let run = AgentRun("hello", settings, asking: model, telling: events, parser: parser, loop: loop)
        var result: Result<AgentRun.Outcome?, APIError>?
        loop.start {
            do throws(APIError) { result = .success(try await run.run()) } catch { result = .failure(error) }
        }
        #expect(loop.turn { result != nil })
        return try result?.get()
    }

    // MARK: Turns

    @Test func `an answer without calls is one request`() throws {
        let (model, events) = (Model([[Self.text("Hi"), Self.text(" there")]]), Events())
        let outcome = try #require(try run(model, settings([]), events))
        #expect(outcome.text == "Hi there")
        #expect(events.lines == ["chunk Hi", "chunk  there"])
        #expect(model.requests.count == 1)
        #expect(
            model.requests[0]
                == #"{"model":"m","messages":[{"role":"system","content":"Be kind."},{"role":"user","content":"before"},{"role":"user","content":"hello"}],"stream":true}"#
        )
        #expect(
            outcome.messages.map { String(decoding: $0, as: UTF8.self) } == [
                #"{"role":"user","content":"hello"}"#, #"{"role":"assistant","content":"Hi there"}"#,
            ])
        #expect(model.closed == [true])
    }

    @Test func `results go back to the model in the order of the calls`() throws {
        let calls = [
            Self.text("Let me see"), Self.call(0, "a", "slow", #"{"x""#), Self.call(0, nil, nil, ":1}"),
            Self.call(1, "b", "fast", #"{"x":2}"#),
        ]
        let (model, events) = (Model([calls, [Self.text("Done")]]), Events())
        let tools = [SlowTool("slow", loop, 30), SlowTool("fast", loop, 1)]
        let outcome = try #require(try run(model, settings(tools), events))
        #expect(
            events.lines == [
                "chunk Let me see", "start a running", "start b running", "end b completed got 2",
                "end a completed got 1",
                "chunk Done",
            ])
        #expect(outcome.calls.map(\.id) == ["a", "b"])
        #expect(outcome.calls.allSatisfy { $0.milliseconds ?? 0 > 0 })
        #expect(model.requests.count == 2)
        #expect(
            model.requests[1].contains(
                #"{"role":"tool","tool_call_id":"a","content":"got 1"},{"role":"tool","tool_call_id":"b","content":"got 2"}]"#
            ))
        #expect(
            model.requests[1].contains(
                #"{"role":"assistant","content":"Let me see","tool_calls":[{"id":"a","type":"function","function":{"name":"slow","arguments":"{\"x\":1}"}},"#
            ))
        #expect(outcome.messages.count == 5)
    }

    @Test func `a call starts when its arguments are complete, before the answer ends`() throws {
        let (model, events) = (Model([[Self.call(0, "a", "t", #"{"x":"}"}"#)]]), Events())
        model.isSilent = true
        let tool = SlowTool("t", loop, 1)
        let run = AgentRun("hello", settings([tool]), asking: model, telling: events, parser: parser, loop: loop)
        var isOver = false
        loop.start {
            let outcome = try? await run.run()
            #expect(outcome == nil)
            isOver = true
        }
        #expect(loop.turn { events.lines.count == 2 })
        #expect(events.lines == ["start a running", #"end a completed got "}""#])
        run.interrupt()
        #expect(loop.turn { isOver })
        #expect(model.closed == [false])
    }

    @Test(arguments: [(1, 1), (2, 2), (5, 3)])
    func `no more calls run at one time than are allowed`(_ parallel: Int, _ most: Int) throws {
        let calls = (0..<3).map { Self.call($0, "c\($0)", "t", "{}") }
        let (model, events) = (Model([calls, [Self.text("ok")]]), Events())
        let tool = SlowTool("t", loop, 5)
        _ = try run(model, settings([tool], parallel: parallel), events)
        #expect(tool.most == most)
        #expect(events.lines.count { $0.hasPrefix("end") } == 3)
    }

    @Test func `a tool that hangs fails at its time, and the answer still comes`() throws {
        let (model, events) = (Model([[Self.call(0, "a", "hung", "{}")], [Self.text("Sorry")]]), Events())
        let tool = SlowTool("hung", loop, nil)
        let outcome = try #require(try run(model, settings([tool], timeout: 20), events))
        #expect(
            events.lines == [
                "start a running", "end a error Error: The tool did not answer within 20 ms.", "chunk Sorry",
            ])
        #expect(outcome.text == "Sorry")
        #expect(tool.cancelled == 1)
    }

    @Test(arguments: [
        ("nothing", "{}", "There is no tool 'nothing'. There are: t."),
        ("t", "{", "The arguments are not a JSON object."),
        ("t", "[]", "The arguments are not a JSON object."),
    ])
    func `a call that cannot be made is told to the model`(_ name: String, _ arguments: String, _ words: String) throws
    {
        let (model, events) = (Model([[Self.call(0, "a", name, arguments)], [Self.text("ok")]]), Events())
        _ = try run(model, settings([SlowTool("t", loop, 1)]), events)
        #expect(events.lines.contains("end a error Error: \(words)"))
        #expect(model.requests[1].contains("Error: \(words)"))
    }

    @Test func `after the last round the model is asked without tools`() throws {
        let (model, events) = (Model([[Self.call(0, "a", "t", "{}"), Self.text("again")]]), Events())
        let outcome = try #require(try run(model, settings([SlowTool("t", loop, 1)], rounds: 2), events))
        #expect(model.requests.count == 3)
        #expect(model.requests.map { $0.contains(#""tools":["#) } == [true, true, false])
        #expect(outcome.text == "again")
    }

    @Test func `a client that leaves stops tools and model`() throws {
        let (model, events) = (Model([[Self.call(0, "a", "hung", "{}")]]), Events())
        let tool = SlowTool("hung", loop, nil)
        let run = AgentRun("hello", settings([tool]), asking: model, telling: events, parser: parser, loop: loop)
        var isOver = false
        loop.start {
            let outcome = try? await run.run()
            #expect(outcome == nil)
            isOver = true
        }
        #expect(loop.turn { tool.running == 1 })
        run.interrupt()
        #expect(tool.cancelled == 1)
        #expect(loop.turn { isOver })
        #expect(events.lines == ["start a running"])
    }

    @Test func `a refusal of the model's way ends the turn`() throws {
        let (model, events) = (Model([[]]), Events())
        model.failure = .unknownModel("m")
        #expect(throws: APIError.self) { try run(model, settings([]), events) }
    }
}
