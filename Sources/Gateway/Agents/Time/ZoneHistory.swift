/// The clocks of one zone at all times, as a file of the tz database tells them (RFC 8536, versions 2 and later).
struct ZoneHistory: Sendable {
    /// Seconds since 1970, rising.
    private let changes: [Int]
    /// The offset from each change on.
    private let offsets: [ZoneOffset]
    private let first: ZoneOffset
    /// After the last change.
    private let rule: PosixZone?

    /// Nil: the bytes are no such file.
    init?(_ file: [UInt8]) {
        var reader = ByteReader(file[...])
        guard let old = Counts(&reader), old.version >= UInt8(ascii: "2"), reader.take(old.size(ofTimes: 4)) != nil,
            let counts = Counts(&reader), counts.types > 0
        else { return nil }
        var times: [Int] = []
        for _ in 0..<counts.times {
            guard let time = reader.int64(), times.last.map({ $0 < time }) ?? true else { return nil }
            times.append(time)
        }
        guard let indexes = reader.take(counts.times), let types = reader.take(6 * counts.types),
            let names = reader.take(counts.characters), reader.take(counts.restSize) != nil
        else { return nil }
        let known = Self.offsets(types, names)
        guard known.count == counts.types, indexes.allSatisfy({ $0 < counts.types }) else { return nil }
        changes = times
        offsets = indexes.map { known[Int($0)] }
        first = known[0]
        let footer = reader.remaining
        guard footer.first == 0x0A, footer.last == 0x0A, footer.count >= 2 else { return nil }
        let text = footer.dropFirst().dropLast()
        rule = text.isEmpty ? nil : PosixZone(text)
        if !text.isEmpty, rule == nil { return nil }
    }

    private static func offsets(_ types: ArraySlice<UInt8>, _ names: ArraySlice<UInt8>) -> [ZoneOffset] {
        var reader = ByteReader(types)
        var offsets: [ZoneOffset] = []
        while let seconds = reader.int32(), let isDaylight = reader.byte(), let start = reader.byte() {
            guard start < names.count, seconds.magnitude < 93_600 else { return [] }
            let name = names.dropFirst(start).prefix { $0 != 0 }
            offsets.append(
                ZoneOffset(
                    seconds: seconds, isDaylightSaving: isDaylight == 1,
                    abbreviation: String(decoding: name, as: UTF8.self)))
        }
        return offsets
    }

    /// `time`: seconds since 1970.
    func offset(at time: Int) -> ZoneOffset {
        guard let last = changes.last else { return rule?.offset(at: time) ?? first }
        if time >= last { return rule?.offset(at: time) ?? offsets[offsets.count - 1] }
        var (low, high) = (0, changes.count)
        while low < high {
            let middle = (low + high) / 2
            if changes[middle] <= time { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? first : offsets[low - 1]
    }

    /// A header of the file: how many there are of everything.
    private struct Counts {
        let version: UInt8
        let times: Int
        let types: Int
        let characters: Int
        private let flags: Int
        private let leaps: Int

        init?(_ reader: inout ByteReader) {
            guard let magic = reader.take(4), magic.elementsEqual("TZif".utf8), let version = reader.byte(),
                reader.take(15) != nil, let utc = reader.int32(), let standard = reader.int32(),
                let leaps = reader.int32(), let times = reader.int32(), let types = reader.int32(),
                let characters = reader.int32(),
                [utc, standard, leaps, times, types, characters].allSatisfy({ (0...10_000).contains($0) })
            else { return nil }
            self.version = UInt8(version)
            self.times = times
            self.types = types
            self.characters = characters
            self.leaps = leaps
            flags = utc + standard
        }

        /// Behind the names in a block of 64-bit times.
        var restSize: Int { leaps * 12 + flags }

        /// Bytes of a whole block whose times take so many.
        func size(ofTimes width: Int) -> Int {
            times * (width + 1) + types * 6 + characters + leaps * (width + 4) + flags
        }
    }
}
