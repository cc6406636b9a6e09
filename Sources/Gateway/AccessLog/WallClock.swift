import Glibc

/// The time of day, for log lines only: durations are measured on the loop's monotonic clock.
enum WallClock {
    /// Nanoseconds since the Unix epoch.
    static var now: Int {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }
}
