/// Finds the code in what a model writes: fenced code blocks of Markdown (CommonMark section 4.5).
///
/// Beyond CommonMark, a fence with a language inside of a block opens an inner block, so that code which holds Markdown
/// of its own is not cut at the inner block's end. If the fences do not close that way, CommonMark's word holds.
enum CodeFences {
    /// Languages of blocks that show how to run code, or what it prints.
    private static let besides: Set<String> = [
        "", "text", "txt", "plaintext", "plain", "console", "output", "log", "bash", "sh", "shell", "zsh",
        "powershell", "cmd",
    ]

    /// A line that opens or closes a block.
    private struct Fence {
        let mark: Character
        let length: Int
        let indent: Int
        let info: Substring

        /// Nil: the line is none.
        init?(_ line: Substring) {
            let text = line.drop { $0 == " " }
            indent = line.count - text.count
            guard indent <= 3, let mark = text.first, mark == "`" || mark == "~" else { return nil }
            self.mark = mark
            length = text.prefix { $0 == mark }.count
            let rest = text.dropFirst(length).drop(while: \.isWhitespace)
            guard length >= 3, mark == "~" || !rest.contains("`") else { return nil }
            info = rest
        }

        var language: String { info.prefix { !$0.isWhitespace && $0 != "{" }.lowercased() }

        func closes(_ opening: Fence) -> Bool {
            mark == opening.mark && length >= opening.length && info.isEmpty
        }

        /// Whether it opens a block within the one that `outer` has opened, whose end would be taken for that one's.
        func opensWithin(_ outer: Fence) -> Bool {
            mark == outer.mark && length >= outer.length && !info.isEmpty && !info.contains(where: \.isWhitespace)
        }
    }

    // MARK: All blocks

    /// The blocks of a text, in their order. One that is not closed goes to the end of the text.
    static func blocks(in text: String) -> [CodeBlock] {
        let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
        return nestedBlocks(lines) ?? plainBlocks(lines)
    }

    /// Nil: there are inner blocks, and a block does not close.
    private static func nestedBlocks(_ lines: [Substring]) -> [CodeBlock]? {
        var blocks: [CodeBlock] = []
        var open: [Fence] = []
        var content: [Substring] = []
        var hasInner = false
        for line in lines {
            guard let outermost = open.first, let innermost = open.last else {
                if let fence = Fence(line) { open = [fence] }
                continue
            }
            if let fence = Fence(line) {
                if fence.closes(innermost) {
                    open.removeLast()
                    if open.isEmpty {
                        blocks.append(block(outermost, content))
                        content = []
                        continue
                    }
                } else if fence.opensWithin(innermost) {
                    open.append(fence)
                    hasInner = true
                }
            }
            content.append(line)
        }
        guard let unclosed = open.first else { return blocks }
        return hasInner ? nil : blocks + [block(unclosed, content)]
    }

    private static func plainBlocks(_ lines: [Substring]) -> [CodeBlock] {
        var blocks: [CodeBlock] = []
        var open: Fence?
        var content: [Substring] = []
        for line in lines {
            guard let fence = open else {
                open = Fence(line)
                continue
            }
            if Fence(line)?.closes(fence) == true {
                blocks.append(block(fence, content))
                (open, content) = (nil, [])
            } else {
                content.append(line)
            }
        }
        return open.map { blocks + [block($0, content)] } ?? blocks
    }

    /// Lines lose as many blanks as their opening fence has before it.
    private static func block(_ fence: Fence, _ lines: [Substring]) -> CodeBlock {
        let code = lines.map { line in
            line.dropFirst(min(fence.indent, line.prefix { $0 == " " }.count))
        }
        return CodeBlock(language: fence.language, code: code.joined(separator: "\n"))
    }

    // MARK: The code

    /// The code of an answer: its block; of several those of the language that most of the code is in, one after the
    /// other; without any block the whole text. Nil: there is nothing.
    static func code(in text: String) -> CodeBlock? {
        let blocks = blocks(in: text).filter { !$0.code.allSatisfy(\.isWhitespace) }
        guard !blocks.isEmpty else { return bare(text) }
        let main = blocks.filter { !besides.contains($0.language) }
        let candidates = main.isEmpty ? blocks : main
        var sizes: [String: Int] = [:]
        for block in candidates { sizes[block.language, default: 0] += block.code.utf8.count }
        guard let first = candidates.first else { return nil }
        let language = candidates.reduce(first.language) { best, block in
            sizes[block.language, default: 0] > sizes[best, default: 0] ? block.language : best
        }
        let code = candidates.filter { $0.language == language }.map(\.code)
        return CodeBlock(language: language, code: code.joined(separator: "\n\n"))
    }

    /// A text without blocks, and without blank lines around it. If it has fences nonetheless, they hold nothing.
    private static func bare(_ text: String) -> CodeBlock? {
        guard blocks(in: text).isEmpty else { return nil }
        let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
        let isBlank = { (line: Substring) in line.allSatisfy(\.isWhitespace) }
        guard let first = lines.firstIndex(where: { !isBlank($0) }), let last = lines.lastIndex(where: { !isBlank($0) })
        else { return nil }
        return CodeBlock(language: "", code: lines[first...last].joined(separator: "\n"))
    }
}
