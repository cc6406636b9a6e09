/// An operator's key, known by its hash alone.
package struct AdminKeyConfiguration: Sendable {
    /// For logs; unique.
    package let id: String
    /// SHA-256 of the key; 32 bytes, unique.
    package let sha256: [UInt8]

    package init(_ r: ConfigReader) {
        id = r.required("id", .string(), example: .string("root"), doc: "For logs; unique.")
        sha256 = r.required(
            "sha256", .sha256,
            example: .string("236a09565660aca4330902367f2e2d85a7e541da605cc3df97aa17721bd3ebf4"),
            doc: "SHA-256 of the key in hexadecimal (`printf %s KEY | sha256sum`).")
    }
}
