@testable import Upstreams

/// What a program writes, as text or lines by the first byte: however it is cut, the same must come out.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzCommand(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
    guard let first = bytes.first else { return 0 }
    let output = Array(bytes.dropFirst())
    let format: CommandUpstream.Settings.Output = first & 1 == 0 ? .text : .jsonLines
    let parser = JSONParser()
    let whole = said([output], format, parser)
    if said(output.map { [$0] }, format, parser) != whole { fatalError("cuts make a difference") }
    return 0
}

/// The text, and why there is no more of it.
private func said(
    _ pieces: [[UInt8]], _ format: CommandUpstream.Settings.Output, _ parser: JSONParser
) -> [String] {
    var decoder = CommandDecoder(
        parser: parser, chunks: ChatChunkEncoder(id: "i", model: "m", created: 1), format: format, isStream: true,
        maxLineBytes: 1 << 20)
    var text = ""
    let take: CommandDecoder.Emit = { payload, facts in
        guard let read = try? parser.chunkFacts(payload), read == facts else { fatalError("other than its facts") }
        let choice = (try? parser.parse(payload))?.root["choices"]?.elements.first { _ in true }
        text += choice?["delta"]?["content"]?.string ?? ""
    }
    do {
        for piece in pieces { try unsafe decoder.feed(piece.span.bytes, take) }
        try decoder.finish(take)
        return [text]
    } catch {
        return [text, error.cause.rawValue]
    }
}
