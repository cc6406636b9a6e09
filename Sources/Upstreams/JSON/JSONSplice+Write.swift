extension JSONSplice {
    /// Appends the edited text of `object` to `output`. A member that stands there several times is edited at each of
    /// its places, so that it does not matter which of them a reader takes. The value must be an object.
    package func write(_ object: JSONValue, to output: inout ByteBuffer) {
        precondition(object.kind == .object, "a splice needs an object")
        var text = Text(document: object.document, position: object.range.lowerBound)
        writeMembers(of: object, inside: nil, text: &text, to: &output)
        text.copy(upTo: object.range.upperBound, to: &output)
    }

    /// The original text, read from front to back.
    private struct Text {
        let document: JSONDocument
        /// What stands before is written or skipped.
        var position: Int

        /// Writes what is left before `end`, if anything.
        mutating func copy(upTo end: Int, to output: inout ByteBuffer) {
            guard position < end else { return }
            document.withBytes(in: position..<end) { output.append($0) }
            position = end
        }
    }

    /// What becomes of one member.
    private enum Change {
        case keep
        case remove
        case replace(Range<Int>)
        /// Its own members are edited.
        case descend(StaticString)
    }

    /// Writes the object up to its last member and adds what it misses. `parent` is the object's own key, `nil` for the
    /// outer object.
    private func writeMembers(
        of object: JSONValue, inside parent: StaticString?, text: inout Text, to output: inout ByteBuffer
    ) {
        var firstStart: Int?
        var keptEnd: Int?
        for member in object.members {
            let range = member.range
            let first = firstStart ?? range.lowerBound
            firstStart = first
            let change = change(of: member, inside: parent)
            if case .remove = change {
                text.copy(upTo: keptEnd ?? first, to: &output)
                text.position = range.upperBound
                continue
            }
            // When everything before was removed, its separators go, too.
            if keptEnd == nil, text.position > first { text.position = range.lowerBound }
            apply(change, to: member.value, text: &text, output: &output)
            keptEnd = range.upperBound
        }
        text.copy(upTo: keptEnd ?? object.range.lowerBound + 1, to: &output)
        addMissing(to: object, inside: parent, isEmpty: keptEnd == nil, output: &output)
    }

    private func change(of member: JSONMembers.Member, inside parent: StaticString?) -> Change {
        for edit in edits {
            if let parent {
                guard edit.isOf(parent), let inner = edit.inner, member.hasKey(inner) else { continue }
            } else {
                guard member.hasKey(edit.key) else { continue }
                if edit.inner != nil { return .descend(edit.key) }
            }
            if let value = edit.value { return .replace(value) }
            return .remove
        }
        return .keep
    }

    private func apply(_ change: Change, to value: JSONValue, text: inout Text, output: inout ByteBuffer) {
        switch change {
        case .keep, .remove: break
        case .replace(let range):
            text.copy(upTo: value.range.lowerBound, to: &output)
            appendValue(range, to: &output)
            text.position = value.range.upperBound
        case .descend(let key) where value.kind == .object:
            writeMembers(of: value, inside: key, text: &text, to: &output)
        case .descend(let key):
            guard setsInside(key) else { return }
            text.copy(upTo: value.range.lowerBound, to: &output)
            appendObject(key, to: &output)
            text.position = value.range.upperBound
        }
    }

    private func addMissing(
        to object: JSONValue, inside parent: StaticString?, isEmpty: Bool, output: inout ByteBuffer
    ) {
        var isFirst = isEmpty
        for (position, edit) in edits.enumerated() {
            guard let value = edit.value else { continue }
            if let parent {
                guard edit.isOf(parent), let inner = edit.inner, object[inner] == nil else { continue }
                append(inner, value, isFirst: &isFirst, to: &output)
            } else if edit.inner == nil {
                guard object[edit.key] == nil else { continue }
                append(edit.key, value, isFirst: &isFirst, to: &output)
            } else {
                let isSeen = edits[..<position].contains { $0.isOf(edit.key) && $0.value != nil }
                guard !isSeen, object[edit.key] == nil else { continue }
                appendKey(edit.key, isFirst: &isFirst, to: &output)
                appendObject(edit.key, to: &output)
            }
        }
    }

    /// Some edit puts a value into the member `key`.
    private func setsInside(_ key: StaticString) -> Bool {
        edits.contains { $0.isOf(key) && $0.value != nil }
    }

    /// An object of all that is set inside the member `key`.
    private func appendObject(_ key: StaticString, to output: inout ByteBuffer) {
        output.append(UInt8(ascii: "{"))
        var isFirst = true
        for edit in edits where edit.isOf(key) {
            guard let inner = edit.inner, let value = edit.value else { continue }
            append(inner, value, isFirst: &isFirst, to: &output)
        }
        output.append(UInt8(ascii: "}"))
    }

    private func append(
        _ key: StaticString, _ value: Range<Int>, isFirst: inout Bool, to output: inout ByteBuffer
    ) {
        appendKey(key, isFirst: &isFirst, to: &output)
        appendValue(value, to: &output)
    }

    private func appendKey(_ key: StaticString, isFirst: inout Bool, to output: inout ByteBuffer) {
        if !isFirst { output.append(UInt8(ascii: ",")) }
        isFirst = false
        key.writeJSON(to: &output)
        output.append(UInt8(ascii: ":"))
    }
}
