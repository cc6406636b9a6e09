import Policies
import Upstreams

@testable import Gateway

/// Events of chat streams, and a driver that feeds them to a pacer by a clock of its own.
struct PaceFixture {
    /// One event that came out.
    struct Output {
        let event: String
        /// Nanoseconds.
        let time: Int64
    }

    let pacer: Pacer
    private(set) var outputs: [Output] = []
    private(set) var now: Int64 = 0

    init(_ settings: PaceSettings) { pacer = Pacer(settings, parser: JSONParser()) }

    var events: [String] { outputs.map(\.event) }

    /// Goes on to `time`, calling the pacer whenever it wants to be.
    mutating func advance(to time: Int64) {
        while let due = pacer.nextDue?.nanoseconds, due <= time {
            now = max(now, due)
            collect { pacer, now, emit in pacer.flush(now: now, emit) }
        }
        now = max(now, time)
    }

    mutating func feed(_ event: String, at time: Int64? = nil) {
        advance(to: time ?? now)
        let bytes = ByteBuffer(Array(event.utf8))
        collect { pacer, now, emit in bytes.withBytes { pacer.event($0, now: now, emit) } }
    }

    /// Ends the stream and waits until everything is out.
    mutating func finish() {
        collect { pacer, now, emit in pacer.finish(now: now, emit) }
        while let due = pacer.nextDue?.nanoseconds { advance(to: due) }
    }

    mutating func abandon() { collect { pacer, _, emit in pacer.abandon(emit) } }

    private mutating func collect(_ body: (Pacer, MonotonicTime, (RawSpan) -> Void) -> Void) {
        var found: [String] = []
        body(pacer, MonotonicTime(nanoseconds: now)) { event in
            found.append(unsafe event.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) })
        }
        outputs += found.map { Output(event: $0, time: now) }
    }

    // MARK: Events

    /// Text of a choice; `text` as it stands in the JSON.
    static func text(_ text: String, choice: Int = 0, more: String = "") -> String {
        #"{"id":"c1","created":1,"model":"m","choices":[{"index":\#(choice),"delta":{"content":"\#(text)"}}]\#(more)}"#
    }

    static func arguments(_ text: String, call: Int = 0, choice: Int = 0) -> String {
        let call = #"{"index":\#(call),"function":{"arguments":"\#(text)"}}"#
        return #"{"id":"c1","model":"m","choices":[{"index":\#(choice),"delta":{"tool_calls":[\#(call)]}}]}"#
    }

    static func finished(_ choice: Int = 0) -> String {
        #"{"id":"c1","choices":[{"index":\#(choice),"delta":{},"finish_reason":"stop"}]}"#
    }

    static let usage = #"{"id":"c1","choices":[],"usage":{"total_tokens":3}}"#

    /// What comes of events without a delay to end the waiting, up to the end of the stream.
    static func run(_ events: [String], _ unit: PaceUnit, min: Int = 1) -> [String] {
        var driver = Self(PaceSettings(unit: unit, minCharacters: min, maxDelay: 1_000_000_000))
        for event in events { driver.feed(event) }
        driver.finish()
        return driver.events
    }
}
