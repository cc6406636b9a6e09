import Testing
import Upstreams

@testable import Gateway

/// Requests and chunks that are damaged at any byte: what is made of them is JSON of its kind, or a refusal.
struct MessagesDamageTests {
    private static let request =
        #"{"model":"m","max_tokens":9,"system":[{"type":"text","text":"s","cache_control":{"type":"ephemeral"}}],"#
        + #""messages":[{"role":"user","content":[{"type":"text","text":"a"},{"type":"image","source":"#
        + #"{"type":"base64","media_type":"image/png","data":"iVBO"}}]},{"role":"assistant","content":["#
        + #"{"type":"thinking","thinking":"t","signature":"s"},{"type":"tool_use","id":"c","name":"f","input":{"x":1}}]},"#
        + #"{"role":"user","content":[{"type":"tool_result","tool_use_id":"c","content":"r"}]}],"tools":[{"name":"f","#
        + #""input_schema":{"type":"object"}}],"tool_choice":{"type":"tool","name":"f"},"#
        + #""thinking":{"type":"enabled","budget_tokens":2048},"stop_sequences":["x"],"metadata":{"user_id":"u"}}"#

    private static let chunks = [
        #"{"id":"c","model":"m","choices":[{"index":0,"delta":{"role":"assistant","reasoning_content":"r"}}]}"#,
        #"{"choices":[{"index":0,"delta":{"thinking_blocks":[{"type":"thinking","thinking":"r","signature":"s"}]}}]}"#,
        #"{"choices":[{"index":0,"delta":{"content":"a"}}]}"#,
        #"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"i","function":{"name":"f","arguments":"{}"}}]}}]}"#,
        #"{"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":3}}"#,
    ]

    /// The text as it is, and with each byte turned into another one.
    private func damaged(_ text: String) -> [[UInt8]] {
        let bytes = Array(text.utf8)
        return [bytes]
            + bytes.indices.map { place in
                var copy = bytes
                copy[place] ^= 0x11
                return copy
            }
    }

    @Test func `a damaged request is refused, or is a request`() throws {
        let parser = JSONParser()
        var count = 0
        for bytes in damaged(Self.request) {
            guard let root = try? unsafe parser.parse(bytes.span.bytes).root, root.kind == .object else { continue }
            var decoder = MessagesDecoder(root)
            guard let text = try? decoder.decode(isStream: true) else { continue }
            count += 1
            let made = try text.withBytes { try parser.parse($0) }.root
            #expect(made["messages"]?.kind == .array)
            #expect(made.duplicateKey(among: ["model", "messages", "stream", "stop", "user", "thinking"]) == nil)
        }
        #expect(count > 20, "hardly a request was left whole")
    }

    @Test func `events of damaged chunks are in order`() throws {
        let parser = JSONParser()
        for place in Self.chunks.indices {
            for bytes in damaged(Self.chunks[place]) {
                let encoder = MessagesFixture.encoder()
                let lines = try MessagesFixture.written { writer in
                    for (index, chunk) in Self.chunks.enumerated() {
                        let chunk = index == place ? bytes : Array(chunk.utf8)
                        unsafe encoder.event(chunk.span.bytes, to: &writer)
                    }
                    try? encoder.end(to: &writer)
                }
                #expect(complaint(lines, parser) == nil)
            }
        }
    }

    /// What the order of the events lacks: a start, blocks that open and close one after another.
    private func complaint(_ lines: [String], _ parser: JSONParser) -> String? {
        guard lines.first == "event: message_start" else { return "no start" }
        var (open, blocks) = (false, 0)
        for (type, line) in zip(lines, lines.dropFirst()) where type.hasPrefix("event: ") {
            let data = Array(line.dropFirst("data: ".count).utf8)
            guard let event = try? unsafe parser.parse(data.span.bytes).root else { return "no JSON: \(line)" }
            guard event["type"]?.string == String(type.dropFirst("event: ".count)) else {
                return "another type: \(line)"
            }
            let index = event["index"]?.int
            switch type {
            case "event: content_block_start":
                if open || index != blocks { return "a block begins inside of another" }
                open = true
            case "event: content_block_delta":
                if !open || index != blocks { return "a delta of no block" }
            case "event: content_block_stop":
                if !open || index != blocks { return "the end of no block" }
                open = false
                blocks += 1
            default: break
            }
        }
        return open ? "a block stays open" : nil
    }
}
