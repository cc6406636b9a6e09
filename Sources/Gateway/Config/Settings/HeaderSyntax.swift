/// What header names and values in the configuration may look like (RFC 9110 section 5).
enum HeaderSyntax {
    /// Headers of a call to an upstream that the gateway alone sets.
    private static let own: Set<String> = [
        "accept-encoding", "authorization", "connection", "content-length", "content-type", "expect", "host",
        "keep-alive", "proxy-authorization", "te", "trailer", "transfer-encoding", "upgrade",
    ]

    /// The name in lower case, nil when it is none.
    static func name(_ text: String) -> String? {
        let isToken = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
            }
        }
        return isToken && !text.isEmpty ? text.lowercased() : nil
    }

    static func isValue(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (0x20...0x7E).contains($0) } && text.first != " " && text.last != " "
    }

    /// Reports a name that is none, that is the gateway's own and not in `maySay`, or that was seen before.
    static func check(
        _ member: ConfigMember, of place: ConfigPlace, _ maySay: Set<String>, seen: inout Set<String>
    ) {
        func report(_ message: String) {
            place.context.report(
                message, offset: member.nameOffset, path: ConfigPlace.path(place.path, member.name))
        }
        guard let name = name(member.name) else { return report("expected a header's name") }
        if own.contains(name), !maySay.contains(name) { report("the gateway sets this header itself") }
        if !seen.insert(name).inserted { report("this header is given twice; case does not matter") }
    }
}
