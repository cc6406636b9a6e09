import Testing

@testable import Gateway

struct CodeFencesTests {
    private func code(_ text: String) -> String? { CodeFences.code(in: text)?.code }

    @Test("the code of one block is taken without the words around it")
    func oneBlock() {
        let block = CodeFences.code(in: "Here it is:\n\n```Python title=x\nprint(1)\n\n  print(2)\n```\nEnjoy.")
        #expect(block == CodeBlock(language: "python", code: "print(1)\n\n  print(2)"))
    }

    @Test("a text without fences is code as a whole, without the blank lines around it")
    func noFence() {
        #expect(CodeFences.code(in: "\n\n  x = `1`\ny = 2\n \n") == CodeBlock(language: "", code: "  x = `1`\ny = 2"))
        #expect(code(" \n\n") == nil)
        #expect(code("") == nil)
    }

    @Test("blocks of one language are taken together, what shows how to run them is not")
    func severalBlocks() {
        let text = """
            First the class:
            ```python
            class A: pass
            ```
            Then its use:
            ```python
            A()
            ```
            Run it:
            ```bash
            python a.py
            ```
            It prints:
            ```
            nothing
            ```
            """
        #expect(CodeFences.code(in: text) == CodeBlock(language: "python", code: "class A: pass\n\nA()"))
    }

    @Test("of several languages the one with most of the code is taken")
    func severalLanguages() {
        #expect(code("```json\n{}\n```\n```go\npackage main\n```\n```json\n[]\n```") == "package main")
    }

    @Test("a shell script is code where there is nothing else")
    func shellAlone() {
        #expect(CodeFences.code(in: "```sh\nls\n```") == CodeBlock(language: "sh", code: "ls"))
    }

    @Test("code that holds a fenced block of its own is not cut at that block's end")
    func nestedSameLength() {
        let inner = "def f():\n\"\"\"\n```python\nf()\n```\n\"\"\"\nreturn 1"
        #expect(code("```python\n\(inner)\n```\nDone.") == inner)
    }

    @Test("a longer fence, or one of the other mark, holds shorter ones", arguments: ["````", "~~~"])
    func nestedLonger(fence: String) {
        let inner = "# Title\n```\nplain\n```\nend"
        #expect(
            CodeFences.code(in: "\(fence)markdown\n\(inner)\n\(fence)") == CodeBlock(language: "markdown", code: inner))
    }

    @Test("where inner blocks do not close, CommonMark's word holds")
    func unbalanced() {
        let blocks = CodeFences.blocks(in: "```python\na\n```text\nb\n```\nwords\n")
        #expect(blocks == [CodeBlock(language: "python", code: "a\n```text\nb")])
    }

    @Test("a block that is not closed goes to the end")
    func unclosed() {
        #expect(code("words\n```js\nf()\ng()") == "f()\ng()")
    }

    @Test("lines lose the blanks that stand before their fence, and no more")
    func indented() {
        #expect(code("1. Do:\n   ```py\n   if x:\n       y\n  z\n   ```") == "if x:\n    y\nz")
        #expect(code("    ```py\n    x\n    ```") == "    ```py\n    x\n    ```")
    }

    @Test("what only looks like a fence is none")
    func noFences() {
        #expect(CodeFences.blocks(in: "``\nx\n``\n```a`b\n") == [])
        #expect(code("```py\nx = \"```\"\n``\n~~~\n``` x y\n```") == "x = \"```\"\n``\n~~~\n``` x y")
    }

    @Test("line ends of either kind do")
    func lineEnds() {
        #expect(code("a\r\n```c\r\nint x;\r\nint y;\r\n```\r\n") == "int x;\nint y;")
    }

    @Test("empty blocks hold no code")
    func emptyBlocks() {
        #expect(code("```py\n```\n```go\nx\n```") == "x")
        #expect(code("```py\n\n```") == nil)
    }

    @Test("code in Markdown has a fence longer than any in it")
    func fenced() {
        #expect(CodeBlock(language: "md", code: "````\nx\n````").fenced == "`````md\n````\nx\n````\n`````")
        for code in ["x", "```\ny\n```", "a ` b", "`````"] {
            let block = CodeBlock(language: "x", code: code)
            #expect(CodeFences.blocks(in: "words\n\(block.fenced)\nwords") == [block])
        }
    }
}
