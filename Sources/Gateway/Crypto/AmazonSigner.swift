import Upstreams

/// Signs calls to Amazon's services (docs.aws.amazon.com, "Signature Version 4").
struct AmazonSigner: RequestSigner {
    let keyID: String
    let secret: Secret
    /// Of credentials that are lent for a time; nil: theirs are for good.
    let sessionToken: Secret?
    let region: String
    let service: String
    /// As the `host` field of the calls has it.
    let host: String

    func fields(path: String, body: RawSpan, now: Int) -> [HTTPField] {
        let time = Self.time(now)
        let day = String(time.prefix(8))
        var signed = [("host", host), ("x-amz-date", time)]
        if let sessionToken { signed.append(("x-amz-security-token", sessionToken.exposed)) }
        let names = signed.map(\.0).joined(separator: ";")
        let parts = path.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let request = [
            "POST", Self.canonical(String(parts[0])), parts.count > 1 ? String(parts[1]) : "",
            signed.map { "\($0.0):\($0.1)\n" }.joined(), names, SHA256.hash(body).hexadecimal,
        ].joined(separator: "\n")
        let scope = "\(day)/\(region)/\(service)/aws4_request"
        let text = "AWS4-HMAC-SHA256\n\(time)\n\(scope)\n\(SHA256.hash(Array(request.utf8)).hexadecimal)"
        var key = Array("AWS4\(secret.exposed)".utf8)
        for part in [day, region, service, "aws4_request", text] { key = HMAC256.code(of: part, key: key) }
        let proof =
            "AWS4-HMAC-SHA256 Credential=\(keyID)/\(scope), SignedHeaders=\(names), "
            + "Signature=\(Hexadecimal.encode(key))"
        return signed.dropFirst().map { HTTPField($0.0, $0.1) } + [HTTPField("authorization", proof)]
    }

    /// The path with each segment encoded once more, as all services but S3 want it.
    private static func canonical(_ path: String) -> String {
        path.split(separator: "/", omittingEmptySubsequences: false).map { String($0).pathSegment }
            .joined(separator: "/")
    }

    /// Such as `20150830T123600Z`.
    private static func time(_ now: Int) -> String {
        var text = ByteBuffer()
        UTCTime.append(seconds: now, into: &text)
        return String(decoding: text.copy(), as: UTF8.self).filter { $0 != "-" && $0 != ":" } + "Z"
    }
}
