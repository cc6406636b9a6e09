import Upstreams

/// `get_time(timezone)`.
final class GetTimeTool: Tool {
    let definition = ToolDefinition(
        name: "get_time", description: "The present date and time in a time zone.",
        parameters: Array(
            #"{"type":"object","properties":{"timezone":{"type":"string","description":"An IANA name such as Europe/Berlin; UTC if left out"}}}"#
                .utf8))

    private let zones: ZoneDatabase
    private let now: () -> Int

    /// `now`: seconds since 1970.
    init(_ zones: ZoneDatabase, now: @escaping () -> Int = { WallClock.seconds }) {
        self.zones = zones
        self.now = now
    }

    func run(_ arguments: JSONValue, _ done: @escaping (ToolOutcome) -> Void) -> (any RunningTool)? {
        done(answer(arguments["timezone"]))
        return nil
    }

    private func answer(_ argument: JSONValue?) -> ToolOutcome {
        let asked = argument.flatMap { $0.isNull ? nil : $0 }
        guard let name = asked == nil ? "UTC" : asked?.string else {
            return .failure("'timezone' must be a string such as \"Europe/Berlin\".")
        }
        guard let zone = zones.zone(name) else {
            let near = zones.suggestions(for: name).joined(separator: ", ")
            return .failure(
                "There is no time zone '\(name.prefix(64))'; "
                    + (near.isEmpty ? "use an IANA name such as Europe/Berlin or UTC." : "perhaps \(near)?"))
        }
        let time = ZonedTime(zone: name, time: now(), offset: zone.offset(at: now()))
        var text = ByteBuffer()
        text.appendJSON {
            $0.object {
                $0.member("timezone", time.zone)
                $0.member("datetime", time.date)
                $0.member("weekday", time.weekday)
                $0.member("abbreviation", time.offset.abbreviation)
                $0.member("utc_offset", time.offsetText)
                $0.member("is_dst", time.offset.isDaylightSaving)
                $0.member("unix", time.time)
            }
        }
        return .result(String(decoding: text.copy(), as: UTF8.self))
    }
}
