@testable import Upstreams

/// The standard's description of event streams, followed word by word and without any care for speed: what the
/// parser is compared with.
enum SSEReference {
    static func read(_ bytes: [UInt8]) -> SSETranscript {
        var result = SSETranscript()
        var data: [UInt8] = []
        var type: [UInt8] = []
        var id: [UInt8] = []
        let (lines, rest) = lines(bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes)
        for line in lines + (rest.isEmpty ? [] : [rest]) {
            if line.isEmpty {
                if !data.isEmpty { result.events.append(.init(type: type, data: data.dropLast())) }
                (data, type) = ([], [])
                continue
            }
            let (name, value) = field(line)
            switch String(decoding: name, as: UTF8.self) {
            case "data": data += value + [0x0A]
            case "event": type = value
            case "id" where !value.contains(0): id = value
            case "retry" where !value.isEmpty && value.allSatisfy { (0x30...0x39).contains($0) }:
                result.retryMilliseconds = Int(String(decoding: value, as: UTF8.self)) ?? result.retryMilliseconds
            default: break
            }
        }
        result.ending = data.isEmpty ? .clean : .unterminated
        if !data.isEmpty { result.events.append(.init(type: type, data: data.dropLast())) }
        if data.isEmpty, !type.isEmpty || (!rest.isEmpty && rest.first != 0x3A) { result.ending = .discarded }
        result.lastEventID = String(decoding: id, as: UTF8.self)
        return result
    }

    private static func lines(_ bytes: [UInt8]) -> (lines: [[UInt8]], rest: [UInt8]) {
        var lines: [[UInt8]] = []
        var line: [UInt8] = []
        for (offset, byte) in bytes.enumerated() {
            if byte == 0x0A, offset > 0, bytes[offset - 1] == 0x0D { continue }
            if byte == 0x0A || byte == 0x0D {
                lines.append(line)
                line = []
            } else {
                line.append(byte)
            }
        }
        return (lines, line)
    }

    private static func field(_ line: [UInt8]) -> (name: [UInt8], value: [UInt8]) {
        guard let colon = line.firstIndex(of: 0x3A) else { return (line, []) }
        let value = line[(colon + 1)...]
        return (Array(line[..<colon]), Array(value.first == 0x20 ? value.dropFirst() : value))
    }
}
