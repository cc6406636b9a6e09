import Foundation
import Glibc
import Logging
import Testing
import Upstreams

@testable import Gateway

/// The lines of the access log.
@Suite struct AccessLogEncoderTests {
    private static func line(_ entry: AccessLogEntry) -> String {
        var buffer = ByteBuffer()
        AccessLogEncoder.encode(entry, into: &buffer)
        return String(decoding: buffer.copy(), as: UTF8.self)
    }

    private static func object(_ line: String) throws -> [String: Any] {
        try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }

    @Test func aFullEntryIsWrittenExactly() {
        var calls = AttemptList()
        calls.append(AttemptRecord(model: "gpt-4o", upstream: "a", outcome: "timeout", nanoseconds: 1_500_000))
        calls.append(
            AttemptRecord(
                number: 2, model: "gpt-4o", upstream: "azure", upstreamModel: "gpt-4o-2024", caller: "panel",
                nanoseconds: 2_000_000,
                usage: .init(promptTokens: 12, completionTokens: 34, totalTokens: 46, cachedTokens: 8),
                cost: 370_000))
        let entry = AccessLogEntry(
            time: 1_709_210_096_007_999_999, requestID: "r-1", listener: "public", clientAddress: "127.0.0.1:5000",
            method: "POST", path: "/v1/chat/completions", status: 200, dialect: "openai", model: "gpt-4o",
            upstream: "azure", upstreamModel: "gpt-4o-2024", stream: true, outcome: .upstreamError,
            errorCode: "stream_truncated",
            decisions: [
                PolicyDecision(policy: "size", verdict: .refuse, isShadow: true),
                PolicyDecision(policy: "mails", verdict: .change, isShadow: false),
            ], bytesIn: 10, bytesOut: 2000, durationNanoseconds: 1_234_567_890,
            firstEventNanoseconds: 7_000_499, upstreamNanoseconds: 0, tokensIn: 12, tokensOut: 34, tokensCached: 8,
            cost: 1_000_370_000, keyID: "alice-laptop", user: "alice", attempts: 2, calls: calls, task: "t-1",
            tlsVersion: "TLSv1.3")
        let expected = """
            {"time":"2024-02-29T12:34:56.007Z","request_id":"r-1","listener":"public","client":"127.0.0.1:5000",\
            "method":"POST","path":"/v1/chat/completions","status":200,"dialect":"openai","model":"gpt-4o",\
            "upstream":"azure","upstream_model":"gpt-4o-2024","stream":true,"outcome":"upstream_error",\
            "error":"stream_truncated","policies":[{"policy":"size","verdict":"refuse","mode":"shadow"},\
            {"policy":"mails","verdict":"change"}],"bytes_in":10,"bytes_out":2000,"duration_ms":1234.567,"first_event_ms":7.000,\
            "upstream_ms":0.000,"tokens_in":12,"tokens_out":34,"tokens_cached":8,"cost_usd":1.00037,\
            "key":"alice-laptop","user":"alice","attempts":2,\
            "calls":[{"upstream":"a","model":"gpt-4o","outcome":"timeout","ms":1.500},\
            {"upstream":"azure","upstream_model":"gpt-4o-2024","model":"gpt-4o","for":"panel","outcome":"ok",\
            "ms":2.000,"tokens_in":12,"tokens_out":34,"tokens_cached":8,"cost_usd":0.00037}],\
            "task":"t-1","tls":"TLSv1.3"}

            """
        #expect(Self.line(entry) == expected)
    }

    @Test func whatIsNotKnownIsLeftOut() {
        let expected = """
            {"time":"1970-01-01T00:00:00.000Z","status":0,"stream":false,"outcome":"completed","bytes_in":0,\
            "bytes_out":0,"duration_ms":0.000,"attempts":0}

            """
        #expect(Self.line(AccessLogEntry()) == expected)
    }

    @Test func anyTextMakesOneLineOfValidJSONThatReadsBackTheSame() throws {
        let controls = String(String.UnicodeScalarView((0..<0xA0).compactMap(Unicode.Scalar.init)))
        for hostile in ["\"},{\"status\":500", "\\\"\\", "a\r\nb\u{2028}", "\u{0}\u{7F}\u{1B}[31m", "é漢🙂", controls] {
            let line = Self.line(
                AccessLogEntry(requestID: hostile, method: "\"", path: hostile, model: hostile, user: hostile))
            #expect(line.utf8.filter { $0 == UInt8(ascii: "\n") }.count == 1)
            #expect(line.hasSuffix("}\n"))
            #expect(line.utf8.dropLast().allSatisfy { $0 >= 0x20 && $0 != 0x7F })
            let object = try Self.object(line)
            #expect(object["path"] as? String == hostile)
            #expect(object["model"] is String)
            #expect(object["status"] as? Int == 0)
        }
    }

    @Test func longTextsAreCutAtACharacter() throws {
        for filler in ["x", "é", "漢", "🙂"] {
            for shift in 0..<4 {
                let path = String(repeating: "a", count: shift) + String(repeating: filler, count: 2000)
                let line = Self.line(AccessLogEntry(path: path))
                let written = try #require(try Self.object(line)["path"] as? String)
                #expect(written.hasSuffix("…"))
                #expect(path.hasPrefix(written.dropLast()))
                #expect(written.utf8.count <= LogLine.maxText + 3 + 3)
            }
        }
        let exact = String(repeating: "x", count: LogLine.maxText)
        #expect(try Self.object(Self.line(AccessLogEntry(path: exact)))["path"] as? String == exact)
    }

    @Test func timesAreThoseOfTheCalendar() {
        let first = [0, 86_399, 951_782_399, 951_782_400, 951_868_800, 4_107_542_399, 4_107_542_400, 9_214_646_400]
        // A day less one second at a time, through every date of two centuries.
        for seconds in first + (0..<73_000).map({ $0 * 86_399 }) {
            var buffer = ByteBuffer()
            UTCTime.append(seconds * 1_000_000_000 + 250_000_000, into: &buffer)
            var time = seconds
            var parts = unsafe tm()
            unsafe gmtime_r(&time, &parts)
            let numbers = String(decoding: buffer.copy(), as: UTF8.self).split { !$0.isNumber }.map { Int($0) ?? -1 }
            let expected = unsafe [
                parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
            ]
            guard numbers == expected.map(Int.init) + [250] else {
                Issue.record("\(seconds) is \(expected), not \(numbers)")
                return
            }
        }
    }

    @Test func operationalLinesCannotBeForged() throws {
        let line = OperationalLogLine(
            time: 0, level: .warning, label: "config", message: "bad\nname \"x\"", fields: [("file", "a\u{1B}b")])
        var text = ByteBuffer()
        line.encode(.text, into: &text)
        #expect(
            String(decoding: text.copy(), as: UTF8.self)
                == "1970-01-01T00:00:00.000Z warning config: bad\\nname \\\"x\\\" file=a\\u001bb\n")
        var json = ByteBuffer()
        line.encode(.json, into: &json)
        let object = try Self.object(String(decoding: json.copy(), as: UTF8.self))
        #expect(object["level"] as? String == "warning")
        #expect(object["message"] as? String == "bad\nname \"x\"")
        #expect(object["file"] as? String == "a\u{1B}b")
    }
}
