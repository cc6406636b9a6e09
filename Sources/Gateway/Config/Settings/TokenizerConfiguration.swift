package import Policies

/// How tokens are counted.
package struct TokenizerConfiguration: Hashable, Sendable {
    /// The family of vocabularies that the models have. Default `o200k_base`.
    package let encoding: TokenEncoding
    /// A vocabulary in tiktoken's format, for exact counts; nil (default): tokens are estimated.
    package let file: String?
    /// Bytes of a request above which its tokens are estimated all the same. Default 262,144.
    package let maxExactBytes: Int

    package init(_ r: ConfigReader) {
        encoding = r.value(
            "pattern", .choice(.o200k), default: .o200k, doc: "The family of vocabularies that the models have.")
        file = r.optional(
            "file", .readableFile, example: .string("o200k_base.tiktoken"),
            doc: "A vocabulary of that family in tiktoken's format, for exact counts; without it tokens are estimated.")
        maxExactBytes = r.int(
            "max_exact_bytes", default: 262_144, in: 0...67_108_864, unit: .bytes,
            doc: "Requests above this are estimated all the same: exact counts take some 50 ns a byte.")
    }
}
