/// A zone's rule for all times to come, as the last line of its file tells it: `CET-1CEST,M3.5.0,M10.5.0/3` (POSIX, Base
/// Definitions, section 8.3, and RFC 8536 section 3.3.1).
struct PosixZone: Sendable {
    private let standard: ZoneOffset
    private let daylight: Daylight?

    private struct Daylight: Sendable {
        let offset: ZoneOffset
        let start: PosixZoneDate
        let end: PosixZoneDate
    }

    /// Nil: the text is no rule.
    init?(_ text: ArraySlice<UInt8>) {
        var parser = PosixZoneParser(text)
        guard let name = parser.name(), let west = parser.time() else { return nil }
        standard = ZoneOffset(seconds: -west, isDaylightSaving: false, abbreviation: name)
        if parser.isAtEnd {
            daylight = nil
            return
        }
        guard let name = parser.name() else { return nil }
        let west2 = parser.isAt(",") ? west - 3600 : parser.time()
        guard let west2, parser.skip(","), let start = PosixZoneDate(&parser), parser.skip(","),
            let end = PosixZoneDate(&parser), parser.isAtEnd
        else { return nil }
        daylight = Daylight(
            offset: ZoneOffset(seconds: -west2, isDaylightSaving: true, abbreviation: name), start: start, end: end)
    }

    /// `time`: seconds since 1970.
    func offset(at time: Int) -> ZoneOffset {
        guard let daylight else { return standard }
        let local = time + standard.seconds
        let year = UTCTime.date((local - (local % 86_400 + 86_400) % 86_400) / 86_400).year
        let start = daylight.start.seconds(in: year) - standard.seconds
        let end = daylight.end.seconds(in: year) - daylight.offset.seconds
        let isDaylight = start < end ? time >= start && time < end : time >= start || time < end
        return isDaylight ? daylight.offset : standard
    }
}
