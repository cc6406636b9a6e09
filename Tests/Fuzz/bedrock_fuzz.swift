@testable import Upstreams

/// Events of this provider in their framing, and answers: what its decoder makes of them must be OpenAI's form, wherever
/// they are cut. What is no framing at all must be refused, and not end the program.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzBedrock(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
    let parser = JSONParser()
    for stream in [AmazonFrame.frames(bytes), bytes, AmazonFrame.frame(bytes, [])] {
        let broken = DecoderTranscript.broken(by: stream, answer: bytes) {
            BedrockDecoder(
                parser: parser, chunks: ChatChunkEncoder(id: "i", model: "m", created: 1_700_000_000),
                maxBlockBytes: 4096)
        }
        if let broken { fatalError(broken) }
    }
    return 0
}
