import Testing
import Upstreams

@testable import Gateway

/// The translators of the Responses API without a gateway around them.
enum ResponsesFixture {
    /// What a request becomes; a refusal is thrown. `members`: besides the model.
    static func decoded(_ members: String, isStream: Bool = false) throws -> String {
        var decoder = ResponsesDecoder(try MessagesFixture.parse(#"{"model":"m",\#(members)}"#))
        let body = try decoder.decode(isStream: isStream)
        return String(decoding: body.copy(), as: UTF8.self)
    }

    /// Such as `{"model":"m","messages":[…]}`, without the head.
    static func messages(_ input: String, _ members: String = "") throws -> String {
        let text = try decoded(#""input":\#(input)\#(members)"#)
        let head = #"{"model":"m","messages":["#
        #expect(text.hasPrefix(head) && text.hasSuffix("]}"))
        return String(text.dropFirst(head.count).dropLast(2))
    }

    static func encoder(_ body: String = "{}") throws -> ResponsesEncoder {
        let settings = ResponseSettings(try MessagesFixture.parse(body), model: "m", requestID: "r1")
        return ResponsesEncoder(JSONParser(), settings, maxBytes: 1 << 20)
    }

    /// The data of the events that these chunks become. `deltas`: of the first choice.
    static func stream(deltas: [String], finish: String? = "stop", usage: String? = nil) throws -> [JSONValue] {
        let encoder = try encoder()
        var chunks = deltas.map {
            #"{"id":"chatcmpl-1","created":7,"model":"real","choices":[{"index":0,"delta":\#($0)}]}"#
        }
        if let finish { chunks.append(#"{"choices":[{"index":0,"delta":{},"finish_reason":"\#(finish)"}]}"#) }
        if let usage { chunks.append(#"{"choices":[],"usage":\#(usage)}"#) }
        return try events { writer in
            for chunk in chunks { unsafe encoder.event(Array(chunk.utf8).span.bytes, to: &writer) }
            try encoder.end(to: &writer)
        }
    }

    /// Checks that each event is named by its type and has its number.
    static func events(_ body: (inout EventWriter) throws -> Void) throws -> [JSONValue] {
        let lines = try MessagesFixture.written(body)
        var events: [JSONValue] = []
        for place in stride(from: 0, to: lines.count, by: 2) {
            let event = try MessagesFixture.parse(String(lines[place + 1].dropFirst("data: ".count)))
            #expect(lines[place] == "event: \(event["type"]?.string ?? "")")
            #expect(event["sequence_number"]?.int == events.count)
            events.append(event)
        }
        return events
    }

    /// The object that a completion becomes. `body`: what the client asked.
    static func whole(_ completion: String, _ body: String = "{}") throws -> JSONValue {
        var response = ""
        unsafe try encoder(body).whole(Array(completion.utf8).span.bytes) { bytes in
            response = unsafe bytes.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
        }
        return try MessagesFixture.parse(response)
    }
}

extension JSONValue {
    /// As it is written.
    var source: String {
        withSource { bytes in unsafe bytes.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) } }
    }

    var type: String { self["type"]?.string ?? "" }
}
