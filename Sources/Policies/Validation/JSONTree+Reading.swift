extension JSONTree {
    /// The value of the first member of that name; nil where there is none, where it is null, and where `object` is no
    /// object. Null means the same as leaving a field out.
    func member(_ name: Vocabulary, of object: Int) -> Int? {
        guard kind(of: object) == .object else { return nil }
        let end = end(of: object)
        var key = object + 1
        while key < end {
            if word(key, in: name) != nil { return kind(of: key + 1) == .null ? nil : key + 1 }
            key = self.end(of: key + 1)
        }
        return nil
    }

    /// The place in the vocabulary of the string or key at `node`.
    func word(_ node: Int, in vocabulary: Vocabulary) -> Int? {
        var found: Int?
        withText(of: node) { found = vocabulary.index(of: $0) }
        return found
    }

    /// The text of a string or key, cut after about `limit` bytes.
    func text(of node: Int, limit: Int) -> String {
        var text = ""
        withText(of: node) { bytes in
            let isCut = bytes.count > limit
            var kept: [UInt8] = []
            for i in 0..<min(bytes.count, limit) { kept.append(bytes[i]) }
            // A character that the cut would split is left out as a whole.
            while isCut, let last = kept.last, last >= 0x80 {
                kept.removeLast()
                if last >= 0xC0 { break }
            }
            text = String(decoding: kept, as: UTF8.self) + (isCut ? "…" : "")
        }
        return text
    }

    /// FNV-1a over the text of a string: equal texts have equal digests, and others most likely not.
    func digest(of node: Int) -> UInt64 {
        var digest: UInt64 = 0xCBF2_9CE4_8422_2325
        withText(of: node) { bytes in
            for i in 0..<bytes.count { digest = (digest ^ UInt64(bytes[i])) &* 0x100_0000_01B3 }
        }
        return digest
    }

    /// Where the value or key at `node` stands, as OpenAI writes `param`: `messages[2].content[0].type`.
    ///
    /// Found by going down from the root, so that only errors pay for it. Empty for the root.
    func path(to node: Int) -> String {
        var path = ""
        var container = 0
        while container < node, let step = step(from: container, to: node) {
            path += step.text
            container = step.value
        }
        return path.first == "." ? String(path.dropFirst()) : path
    }

    /// The child of `container` that is or holds `node`.
    private func step(from container: Int, to node: Int) -> (text: String, value: Int)? {
        let isObject = kind(of: container) == .object
        let end = end(of: container)
        var child = container + 1
        var index = 0
        while child < end {
            let value = isObject ? child + 1 : child
            let next = self.end(of: value)
            if node < next {
                let text = isObject ? "." + text(of: child, limit: 64) : "[\(index)]"
                return (text, node == child ? node : value)
            }
            child = next
            index += 1
        }
        return nil
    }
}
