internal import CRegex

/// Short runs of byte classes of which every match of some patterns holds one: where none is in a text, nothing can
/// match there, and no expression needs to be asked.
///
/// Owns their compiled form. Immutable, and used by all workers at once. Reads 32 bytes at a time where the processor
/// has AVX2.
@safe
final class Needles: Sendable {
    /// The most that serve together; with more, some would stand almost everywhere.
    static let most = Int(CR_MOST_NEEDLES)
    /// Bytes of a needle.
    static let room = Int(CR_NEEDLE_ROOM)

    /// The chance that a byte of running text begins a needle, above which looking for them is no use.
    private static let mostChance = 0.02

    private let needles: [[ByteClass]]
    private nonisolated(unsafe) let handle: OpaquePointer

    /// Nil: there are none, too many, or some that are too common. Of long ones the first `room` classes serve.
    init?(_ needles: [[ByteClass]]) {
        guard (1...Self.most).contains(needles.count), Self.chance(needles) < Self.mostChance else { return nil }
        self.needles = needles.map { Array($0.prefix(Self.room)) }.sorted { Self.chance([$0]) > Self.chance([$1]) }
        // Those choose first that are likelier to be met.
        var groups = NeedleGroups()
        let compiled = self.needles.map { Self.compiled($0, &groups) }
        guard let handle = unsafe cr_needles_new(compiled, compiled.count) else { preconditionFailure("out of memory") }
        unsafe self.handle = handle
    }

    /// Those of all of them, and `others`.
    convenience init?(uniting all: [Needles], and others: [[ByteClass]] = []) {
        self.init(all.flatMap(\.needles) + others)
    }

    /// The chance that a byte of running text begins one of them.
    static func chance(_ needles: [[ByteClass]]) -> Double {
        needles.reduce(0) { $0 + $1.prefix(room).reduce(1) { $0 * $1.frequency } }
    }

    private static func compiled(_ classes: [ByteClass], _ groups: inout NeedleGroups) -> cr_needle {
        precondition((1...room).contains(classes.count), "a needle without length or too long")
        var needle = cr_needle()
        needle.length = classes.count
        needle.window = rarestWindow(classes.map(\.frequency))
        needle.group = groups.choose(classes[needle.window...])
        unsafe withUnsafeMutableBytes(of: &needle.classes) { memory in
            for (place, bytes) in classes.enumerated() {
                unsafe memory.storeBytes(
                    of: bytes.words, toByteOffset: place * MemoryLayout<cr_byte_class>.stride,
                    as: InlineArray<4, UInt64>.self)
            }
        }
        return needle
    }

    private static func rarestWindow(_ frequencies: [Double]) -> Int {
        let windows = 0...max(0, frequencies.count - Int(CR_NEEDLE_WINDOW))
        let chances = windows.map { frequencies[$0...].prefix(Int(CR_NEEDLE_WINDOW)).reduce(1, *) }
        return windows.min { chances[$0] < chances[$1] } ?? 0
    }

    deinit { unsafe cr_needles_free(handle) }

    /// False: none of them is in the text. True: one is, or most likely is.
    func mayOccur(in text: RawSpan) -> Bool {
        unsafe text.withUnsafeBytes { unsafe cr_needles_may_occur(handle, $0.baseAddress, $0.count) }
    }
}
