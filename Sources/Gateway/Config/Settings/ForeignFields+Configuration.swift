import Upstreams

extension ForeignFields.Unsupported {
    static func setting(_ r: ConfigReader) -> Self {
        r.value(
            "unsupported_fields", .choice(.refuse), default: .refuse,
            doc: "What happens with fields that the provider has no counterpart for, such as `logprobs`: `refuse` the "
                + "request, or `drop` them.")
    }
}

extension ForeignFields.Unknown {
    static func setting(_ r: ConfigReader) -> Self {
        r.value(
            "unknown_fields", .choice(.drop), default: .drop,
            doc: "What happens with fields that OpenAI's API does not have: `drop` or `pass`.")
    }
}
