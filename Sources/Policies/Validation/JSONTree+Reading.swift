extension JSONTree {
    @inline(__always)
    func node(_ index: Int) -> JSONNode {
        let facts = facts(at: index)
        return JSONNode(index: index, kind: facts.kind, size: facts.size, end: facts.end)
    }

    /// The value of the first member of that name; nil where there is none, where it is null, and where `object` is no
    /// object. Null means the same as leaving a field out.
    func member(_ name: Vocabulary, of object: JSONNode) -> JSONNode? {
        guard object.kind == .object else { return nil }
        var key = object.index + 1
        while key < object.end {
            let value = node(key + 1)
            if word(key, in: name) != nil { return value.kind == .null ? nil : value }
            key = value.end
        }
        return nil
    }

    /// The place in the vocabulary of a string or key.
    func word(_ index: Int, in vocabulary: Vocabulary) -> Int? { vocabulary.index(of: index, in: self) }

    /// Whether a string or key is just this text.
    func hasText(_ text: [UInt8], at index: Int) -> Bool {
        var isSame = false
        withText(of: index) { bytes in
            isSame = bytes.count == text.count && text.indices.allSatisfy { bytes[$0] == text[$0] }
        }
        return isSame
    }

    /// The text of a string or key, cut after about `limit` bytes.
    func text(of index: Int, limit: Int) -> String {
        var text = ""
        withText(of: index) { bytes in
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
    func digest(of index: Int) -> UInt64 {
        var digest: UInt64 = 0xCBF2_9CE4_8422_2325
        withText(of: index) { bytes in
            for i in 0..<bytes.count { digest = (digest ^ UInt64(bytes[i])) &* 0x100_0000_01B3 }
        }
        return digest
    }

    /// Where a value or key stands, as OpenAI writes `param`: `messages[2].content[0].type`.
    ///
    /// Found by going down from the root, so that only errors pay for it. Empty for the root.
    func path(to index: Int) -> String {
        var path = ""
        var container = 0
        while container < index, let step = step(from: node(container), to: index) {
            path += step.text
            container = step.value
        }
        return path.first == "." ? String(path.dropFirst()) : path
    }

    /// The child of `container` that is or holds what stands at `index`.
    private func step(from container: JSONNode, to index: Int) -> (text: String, value: Int)? {
        let isObject = container.kind == .object
        var child = container.index + 1
        var place = 0
        while child < container.end {
            let value = node(isObject ? child + 1 : child)
            if index < value.end {
                let text = isObject ? "." + text(of: child, limit: 64) : "[\(place)]"
                return (text, index == child ? index : value.index)
            }
            child = value.end
            place += 1
        }
        return nil
    }
}
