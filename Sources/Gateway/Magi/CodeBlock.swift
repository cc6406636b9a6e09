/// A piece of code as it stands in a Markdown text.
struct CodeBlock: Hashable, Sendable {
    /// The first word of the fence's info string in lower case, such as `python`; empty: none is named.
    var language: String
    /// Without a line end behind the last line.
    var code: String

    /// The block in Markdown, in a fence that is longer than any within the code.
    var fenced: String {
        var longest = 2
        var run = 0
        for character in code {
            run = character == "`" ? run + 1 : 0
            longest = max(longest, run)
        }
        let fence = String(repeating: "`", count: longest + 1)
        return "\(fence)\(language)\n\(code)\n\(fence)"
    }
}
