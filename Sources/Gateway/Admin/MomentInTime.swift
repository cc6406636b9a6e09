import Upstreams

/// One moment on the loop's clock and on the wall, by which operators are told times of the former in those of the latter.
struct MomentInTime {
    /// Milliseconds of the machine's monotonic clock.
    private let loop: Int
    /// Milliseconds since 1970.
    private let wall: Int

    /// `wall`: nanoseconds since 1970.
    init(loop: MonotonicTime, wall: Int) {
        self.loop = loop.wholeMilliseconds
        self.wall = wall / 1_000_000
    }

    /// Seconds since 1970, of milliseconds of the loop's clock.
    func seconds(_ milliseconds: Int) -> Int { (wall + milliseconds - loop) / 1000 }
}
