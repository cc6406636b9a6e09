import Testing
import Upstreams

@testable import Gateway

/// The Messages dialect's translators without a gateway around them.
enum MessagesFixture {
    /// What a request becomes; a refusal is thrown.
    static func decoded(_ body: String, isStream: Bool = false) throws -> String {
        var decoder = MessagesDecoder(try parse(body))
        return try decoder.decode(isStream: isStream).copy().text
    }

    /// Such as `{"model":"m","messages":[…]}`, without the head.
    static func messages(_ messages: String, _ members: String = "") throws -> String {
        let text = try decoded(#"{"model":"m","messages":[\#(messages)]\#(members)}"#)
        let head = #"{"model":"m","messages":["#
        #expect(text.hasPrefix(head) && text.hasSuffix("]}"))
        return String(text.dropFirst(head.count).dropLast(2))
    }

    static func encoder(showsThinking: Bool = true) -> MessagesEncoder {
        MessagesEncoder(JSONParser(), requestID: "req_1", model: "m", showsThinking: showsThinking)
    }

    /// The lines of the events that these chunks become, blank lines aside. `deltas`: of the first choice.
    static func stream(
        deltas: [String], finish: String? = "stop", usage: String? = nil, showsThinking: Bool = true
    ) throws -> [String] {
        let encoder = encoder(showsThinking: showsThinking)
        var chunks = deltas.map { #"{"id":"chatcmpl-1","model":"real","choices":[{"index":0,"delta":\#($0)}]}"# }
        if let finish { chunks.append(#"{"choices":[{"index":0,"delta":{},"finish_reason":"\#(finish)"}]}"#) }
        if let usage { chunks.append(#"{"choices":[],"usage":\#(usage)}"#) }
        return try written { writer in
            for chunk in chunks { unsafe encoder.event(Array(chunk.utf8).span.bytes, to: &writer) }
            try encoder.end(to: &writer)
        }
    }

    static func written(_ body: (inout EventWriter) throws -> Void) throws -> [String] {
        var writer = EventWriter(ByteBuffer(), isChunked: false)
        try body(&writer)
        return writer.finish().copy().text.split(separator: "\n").map(String.init)
    }

    /// The message that a completion becomes.
    static func whole(_ completion: String, showsThinking: Bool = true) -> String {
        var message = ""
        unsafe encoder(showsThinking: showsThinking).whole(Array(completion.utf8).span.bytes) { bytes in
            message = unsafe bytes.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
        }
        return message
    }

    static func parse(_ text: String) throws -> JSONValue {
        unsafe try JSONParser().parse(Array(text.utf8).span.bytes).root
    }
}

extension [UInt8] {
    fileprivate var text: String { String(decoding: self, as: UTF8.self) }
}
