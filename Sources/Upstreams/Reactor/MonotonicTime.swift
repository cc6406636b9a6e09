/// A point on the loop's monotonic clock, in nanoseconds since an arbitrary start.
package struct MonotonicTime: Comparable, Hashable, Sendable {
    package var nanoseconds: Int64

    package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    package static func < (a: Self, b: Self) -> Bool { a.nanoseconds < b.nanoseconds }

    package func advanced(milliseconds: Int) -> Self {
        Self(nanoseconds: nanoseconds + Int64(milliseconds) * 1_000_000)
    }

    /// Milliseconds from `earlier` to this point, rounded down.
    package func milliseconds(since earlier: Self) -> Int { Int((nanoseconds - earlier.nanoseconds) / 1_000_000) }

    /// Seconds from `earlier` to this point.
    package func seconds(since earlier: Self) -> Double { Double(nanoseconds - earlier.nanoseconds) / 1e9 }
}
