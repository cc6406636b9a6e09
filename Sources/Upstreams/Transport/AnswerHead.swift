/// The head of a provider's answer: its status and its header lines as they came.
package struct AnswerHead: Sendable {
    /// 200 to 599.
    package let status: Int
    /// `name: value` lines, each ended by CR LF, without the status line and the blank line.
    package let lines: [UInt8]

    package init(status: Int, lines: [UInt8]) {
        self.status = status
        self.lines = lines
    }

    /// Hands out each field as ranges into `lines`, in order; a line that is none is passed over.
    package func forEachField(_ body: (_ name: Range<Int>, _ value: Range<Int>) -> Void) {
        var start = 0
        while start < lines.count {
            let end = lines[start...].firstIndex(of: UInt8(ascii: "\n")) ?? lines.count
            if let colon = lines[start..<end].firstIndex(of: UInt8(ascii: ":")), colon > start {
                body(start..<colon, trimmed(colon + 1..<end))
            }
            start = end + 1
        }
    }

    /// The first value of a field; `name` in lower case.
    package func value(of name: StaticString) -> String? {
        var found: Range<Int>?
        forEachField { field, value in
            if found == nil, equals(field, name) { found = value }
        }
        return found.map { String(decoding: lines[$0], as: UTF8.self) }
    }

    /// Whether the field at `range` has this name (in lower case); letter case of the field does not matter.
    package func equals(_ range: Range<Int>, _ name: StaticString) -> Bool {
        guard range.count == name.utf8CodeUnitCount else { return false }
        return hasPrefix(range, name)
    }

    /// Whether the bytes at `range` begin with `prefix` (in lower case), without regard to letter case.
    package func hasPrefix(_ range: Range<Int>, _ prefix: StaticString) -> Bool {
        let length = prefix.utf8CodeUnitCount
        guard range.count >= length else { return false }
        return prefix.withUTF8Buffer { prefix in
            for offset in 0..<length {
                let byte = lines[range.lowerBound + offset]
                let lower = byte >= 65 && byte <= 90 ? byte | 0x20 : byte
                if unsafe lower != prefix[offset] { return false }
            }
            return true
        }
    }

    /// Milliseconds for which the provider asks to be left alone: `retry-after-ms`, else `retry-after` in seconds or as a
    /// date (RFC 9110 section 10.2.3), which counts from the answer's own `date`. At most a day.
    package var retryAfter: Int? {
        if let text = value(of: "retry-after-ms"), let wait = Double(text) { return Self.wait(wait) }
        guard let text = value(of: "retry-after") else { return nil }
        if let wait = Double(text) { return Self.wait(wait * 1000) }
        guard let end = IMFFixdate.seconds(text), let now = value(of: "date").flatMap({ IMFFixdate.seconds($0) }) else {
            return nil
        }
        return Self.wait(Double(max(0, end - now)) * 1000)
    }

    private static func wait(_ milliseconds: Double) -> Int? {
        milliseconds >= 0 ? Int(min(milliseconds, 86_400_000)) : nil
    }

    /// Whether the answer is a stream of server-sent events.
    package var isEventStream: Bool {
        var found = false
        forEachField { name, value in
            if equals(name, "content-type") { found = hasPrefix(value, "text/event-stream") }
        }
        return found
    }

    private func trimmed(_ range: Range<Int>) -> Range<Int> {
        var range = range
        func isBlank(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 || byte == 13 }
        while let first = range.first, isBlank(lines[first]) { range = first + 1..<range.upperBound }
        while let last = range.last, isBlank(lines[last]) { range = range.lowerBound..<last }
        return range
    }
}
