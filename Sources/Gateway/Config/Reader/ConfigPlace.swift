/// One value of the file at its path, ready to be read.
package struct ConfigPlace {
    package let node: ConfigNode
    /// The JSON path such as `models[2].targets[0]`; empty for the whole file.
    package let path: String
    package let context: ConfigContext

    package func member(_ member: ConfigMember) -> ConfigPlace {
        ConfigPlace(node: member.node, path: Self.path(path, member.name), context: context)
    }

    package func element(_ index: Int, _ node: ConfigNode) -> ConfigPlace {
        ConfigPlace(node: node, path: "\(path)[\(index)]", context: context)
    }

    package func report(_ message: String) {
        context.report(message, offset: node.offset, path: path)
    }

    /// Reports that another value was expected here.
    package func reportMismatch(expected: String) {
        report("expected \(expected), found \(node.summary)")
    }

    /// The path of a member: `parent.name`, with the name in brackets and quotes where it is not a plain word.
    package static func path(_ parent: String, _ name: String) -> String {
        let isWord =
            !name.isEmpty
            && name.utf8.allSatisfy { $0.isWordCharacter || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "$") }
        guard isWord else { return "\(parent)[\(name.quoted)]" }
        return parent.isEmpty ? name : "\(parent).\(name)"
    }
}

extension UInt8 {
    /// A letter, digit or underscore of ASCII.
    fileprivate var isWordCharacter: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
