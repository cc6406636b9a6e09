/// Times as RFC 3339 writes them.
package enum RFC3339 {
    /// Whole seconds since 1970; fractions are cut off. Nil for text of another form or a day that does not exist.
    package static func seconds(_ text: String) -> Int? {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, let year = number(bytes, 0, 4), let month = number(bytes, 5, 2),
            let day = number(bytes, 8, 2), let hour = number(bytes, 11, 2), let minute = number(bytes, 14, 2),
            let second = number(bytes, 17, 2), hasSeparators(bytes)
        else { return nil }
        guard (1...12).contains(month), (1...CalendarDay.count(inMonth: month, of: year)).contains(day), hour < 24,
            minute < 60,
            second <= 60,
            let zone = zoneSeconds(bytes[19...])
        else { return nil }
        return CalendarDay.number(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - zone
    }

    private static func hasSeparators(_ bytes: [UInt8]) -> Bool {
        bytes[4] == UInt8(ascii: "-") && bytes[7] == UInt8(ascii: "-") && "Tt ".utf8.contains(bytes[10])
            && bytes[13] == UInt8(ascii: ":") && bytes[16] == UInt8(ascii: ":")
    }

    /// The offset from UTC in what follows the seconds: an optional fraction, then `Z` or `±hh:mm`.
    private static func zoneSeconds(_ rest: ArraySlice<UInt8>) -> Int? {
        var rest = rest
        if rest.first == UInt8(ascii: ".") {
            let digits = rest.dropFirst().prefix { (0x30...0x39).contains($0) }
            guard !digits.isEmpty else { return nil }
            rest = rest[digits.endIndex...]
        }
        let zone = Array(rest)
        if zone == [UInt8(ascii: "Z")] || zone == [UInt8(ascii: "z")] { return 0 }
        guard zone.count == 6, zone[3] == UInt8(ascii: ":"), "+-".utf8.contains(zone[0]),
            let hours = number(zone, 1, 2), let minutes = number(zone, 4, 2), hours < 24, minutes < 60
        else { return nil }
        return (hours * 3600 + minutes * 60) * (zone[0] == UInt8(ascii: "-") ? -1 : 1)
    }

    private static func number(_ bytes: [UInt8], _ start: Int, _ count: Int) -> Int? {
        var value = 0
        for byte in bytes[start..<start + count] {
            guard (0x30...0x39).contains(byte) else { return nil }
            value = value * 10 + Int(byte - 0x30)
        }
        return value
    }
}
