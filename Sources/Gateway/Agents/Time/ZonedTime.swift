import Upstreams

/// A moment as the clocks of a zone show it.
struct ZonedTime {
    let zone: String
    /// Seconds since 1970, not before.
    let time: Int
    let offset: ZoneOffset

    private static let weekdays: [StaticString] = [
        "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
    ]

    /// Date and time as RFC 3339 writes them: `2026-07-01T14:00:00+02:00`.
    var date: String {
        var buffer = ByteBuffer()
        UTCTime.append(seconds: time + offset.seconds, into: &buffer)
        return String(decoding: buffer.copy(), as: UTF8.self) + offsetText
    }

    /// Such as `+02:00`.
    var offsetText: String {
        let minutes = Int(offset.seconds.magnitude) / 60
        func pair(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return (offset.seconds < 0 ? "-" : "+") + pair(minutes / 60) + ":" + pair(minutes % 60)
    }

    var weekday: StaticString { Self.weekdays[((time + offset.seconds) / 86_400 + 4) % 7] }
}
