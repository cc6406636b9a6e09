/// The fixed upper bounds of a histogram's buckets.
protocol BucketLayout: Sendable {
    /// Inclusive upper bounds, ascending, in the unit that is recorded (nanoseconds for times); the rows that are not
    /// needed hold `Int.max` and are never written. The bucket above the last bound is implied.
    static var bounds: InlineArray<16, Int> { get }
}
