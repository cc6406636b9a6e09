/// One step down from an object of the file: into a member or a list's element.
package enum ConfigStep: ExpressibleByStringLiteral {
    case member(String)
    case element(Int)

    package init(stringLiteral value: String) {
        self = .member(value)
    }
}
