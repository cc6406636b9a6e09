@testable import Upstreams

/// Streams and answers of this provider: what its decoder makes of them must be OpenAI's form, wherever they are cut.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzAnthropic(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
    let parser = JSONParser()
    let broken = DecoderTranscript.broken(by: bytes) {
        AnthropicDecoder(
            parser: parser, chunks: ChatChunkEncoder(id: "i", model: "m", created: 1_700_000_000),
            now: 1_700_000_000, maxBlockBytes: 256)
    }
    if let broken { fatalError(broken) }
    return 0
}
