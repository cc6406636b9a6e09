/// Ways to cut an input, the same at every run.
enum HTTPCuts {
    /// A small, well-mixed generator (SplitMix64) with a fixed start.
    struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

    /// One cut before every byte but the first.
    static func everywhere(_ count: Int) -> [Int] { count > 1 ? Array(1..<count) : [] }

    /// Up to nine cuts.
    static func random(_ count: Int, seed: UInt64) -> [Int] {
        var generator = Generator(state: seed)
        let wanted = Int.random(in: 1...9, using: &generator)
        return (0..<wanted).map { _ in Int.random(in: 0...count, using: &generator) }.sorted()
    }
}
