/// The layouts in use. All but `TokenGap` are those that the OpenTelemetry conventions ask for.
enum Buckets {
    /// 5 ms to 10 s (`http.server.request.duration`).
    enum HTTPDuration: BucketLayout {
        static let bounds: InlineArray<16, Int> = [
            5_000_000, 10_000_000, 25_000_000, 50_000_000, 75_000_000, 100_000_000, 250_000_000, 500_000_000,
            750_000_000, 1_000_000_000, 2_500_000_000, 5_000_000_000, 7_500_000_000, 10_000_000_000, .max, .max,
        ]
    }

    /// 10 ms to 82 s, doubling (`gen_ai.client.operation.duration`, `gen_ai.server.request.duration`).
    enum Operation: BucketLayout {
        static let bounds: InlineArray<16, Int> = [
            10_000_000, 20_000_000, 40_000_000, 80_000_000, 160_000_000, 320_000_000, 640_000_000, 1_280_000_000,
            2_560_000_000, 5_120_000_000, 10_240_000_000, 20_480_000_000, 40_960_000_000, 81_920_000_000, .max, .max,
        ]
    }

    /// 1 ms to 10 s (`gen_ai.server.time_to_first_token`).
    enum FirstToken: BucketLayout {
        static let bounds: InlineArray<16, Int> = [
            1_000_000, 5_000_000, 10_000_000, 20_000_000, 40_000_000, 60_000_000, 80_000_000, 100_000_000,
            250_000_000, 500_000_000, 750_000_000, 1_000_000_000, 2_500_000_000, 5_000_000_000, 7_500_000_000,
            10_000_000_000,
        ]
    }

    /// 1 ms to 2.5 s: the bounds of `gen_ai.server.time_per_output_token` and three finer ones below them, since
    /// events of a burst are often less than 10 ms apart.
    enum TokenGap: BucketLayout {
        static let bounds: InlineArray<16, Int> = [
            1_000_000, 2_500_000, 5_000_000, 10_000_000, 25_000_000, 50_000_000, 75_000_000, 100_000_000,
            150_000_000, 200_000_000, 300_000_000, 400_000_000, 500_000_000, 750_000_000, 1_000_000_000,
            2_500_000_000,
        ]
    }

    /// 1 to 67 million tokens, times four (`gen_ai.client.token.usage`).
    enum Tokens: BucketLayout {
        static let bounds: InlineArray<16, Int> = [
            1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864,
            .max, .max,
        ]
    }
}
