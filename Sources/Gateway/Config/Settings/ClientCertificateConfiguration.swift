/// Who is who by a client's certificate.
package struct ClientCertificateConfiguration: Sendable {
    /// The part of a certificate that names its owner.
    package enum Name: String, CaseIterable, Sendable {
        /// The subject's one common name.
        case commonName = "common_name"
        /// The first name of that type in the subjectAltName extension.
        case email
        case dns
        case uri
        /// The whole subject as RFC 2253 writes it.
        case subject
    }

    /// One owner of a certificate.
    package struct Caller: Sendable {
        /// Default: the certificate's name.
        package let user: String?
        /// Nil (default): none.
        package let team: String?
        /// Names of models that may be used, with `*` for any run of characters. Default: all.
        package let models: [String]

        init(_ r: ConfigReader) {
            user = r.optional(
                "user", .string(), example: .string("alice"), doc: "Who it is; without it the certificate's name.")
            team = r.optional("team", .string(), example: .string("research"), doc: "The team; without it none.")
            models = r.value(
                "models", .list(of: .string(), minimum: 1), default: ["*"],
                doc: "Models that may be used; `*` stands for any run of characters.")
        }
    }

    /// Default: the common name.
    package let name: Name
    /// By name. Empty (default): every certificate's name is a user, who may use all models.
    package let callers: [(name: String, value: Caller)]

    package init(_ r: ConfigReader) {
        name = r.value(
            "name", .choice(.commonName), default: .commonName,
            doc: "The part of a certificate that names the caller: `common_name`, the first `email`, `dns` or `uri` of"
                + " subjectAltName, or the whole `subject` as RFC 2253 writes it.")
        callers = r.value(
            "callers", .map(of: .object(Caller.init)), default: [],
            doc: "Who is who, by that name. With it no other certificate is accepted; without it the name is the user,"
                + " who may use every model.")
    }
}
