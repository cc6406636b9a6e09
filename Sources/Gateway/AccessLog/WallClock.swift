import Glibc

/// The time of day: durations are measured on the loop's monotonic clock.
enum WallClock {
    /// Whole seconds since the Unix epoch.
    static var seconds: Int { now / 1_000_000_000 }

    /// Nanoseconds since the Unix epoch.
    static var now: Int {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }
}
