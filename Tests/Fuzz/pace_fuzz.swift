// sources: Sources/Policies/Pacing/*.swift Sources/Policies/Guarding/UTF8Length.swift Sources/Policies/Tokens/Character*.swift Sources/Policies/SplitMix64.swift Tests/PoliciesTests/Pacing/PaceProperties.swift

/// Texts for the pacing: the first three bytes are the settings, the rest is cut and timed at random.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzPace(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
    guard bytes.count > 3 else { return 0 }
    let settings = PaceSettings(
        unit: PaceUnit.allCases[Int(bytes[0]) % PaceUnit.allCases.count], minCharacters: Int(bytes[1] & 15) + 1,
        maxDelay: Int64(bytes[2]))
    var random = SplitMix64(seed: UInt64(count))
    var pieces: [PaceProperties.Piece] = []
    var time: Int64 = 0
    var piece = String.UnicodeScalarView()
    for scalar in String(decoding: bytes[3...], as: UTF8.self).unicodeScalars {
        piece.append(scalar)
        guard Int.random(in: 0..<4, using: &random) == 0 else { continue }
        pieces.append(PaceProperties.Piece(text: String(piece), time: time))
        piece.removeAll()
        time += Int64.random(in: 0...100, using: &random)
    }
    pieces.append(PaceProperties.Piece(text: String(piece), time: time))
    if let fault = PaceProperties.broken(by: pieces, settings) { fatalError("\(fault): \(settings), \(pieces)") }
    return 0
}
