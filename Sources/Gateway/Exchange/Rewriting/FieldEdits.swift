package import Policies
package import Upstreams

/// What is to become of the members of an object: a tree, since members of members may be named.
///
/// Never changes what it does not name; a member that stands there several times is edited at each of its places.
package struct FieldEdits: Sendable {
    package enum Action: Sendable {
        case set(JSONTemplate)
        /// Only where there is none, or null.
        case fill(JSONTemplate)
        case remove
    }

    fileprivate indirect enum Change: Sendable {
        case act(Action)
        case inside(FieldEdits)
    }

    private struct Member: Sendable {
        let key: [UInt8]
        var change: Change
    }

    private var members: [Member] = []

    package init() {}

    package var isEmpty: Bool { members.isEmpty }

    /// Adds an action; its path overlaps none of those that were added before.
    package mutating func add(_ path: FieldPath, _ action: Action) { add(path.keys[...], action) }

    private mutating func add(_ keys: ArraySlice<String>, _ action: Action) {
        guard let first = keys.first else { preconditionFailure("a field without a name") }
        let key = Array(first.utf8)
        guard keys.count > 1 else { return members.append(Member(key: key, change: .act(action))) }
        let index = members.firstIndex { $0.key == key } ?? members.endIndex
        if index == members.endIndex { members.append(Member(key: key, change: .inside(FieldEdits()))) }
        guard case .inside(var inner) = members[index].change else { preconditionFailure("two edits of one field") }
        inner.add(keys.dropFirst(), action)
        members[index].change = .inside(inner)
    }

    // MARK: Applying

    /// Edits an object. What stands there already as it should be is no edit.
    package func apply(to object: JSONValue, _ values: PlaceholderValues, _ edits: inout TextEdits) {
        var isThere = [Bool](repeating: false, count: members.count)
        var previousEnd = object.range.lowerBound + 1
        var keptEnd: Int?
        /// Where a run of removed members begins before which none is kept.
        var removedStart: Int?
        for member in object.members {
            let index = members.firstIndex { edit in member.withKey { $0.equals(edit.key) } }
            let range = member.range
            defer { previousEnd = range.upperBound }
            if let index, case .act(.remove) = members[index].change {
                if keptEnd != nil {
                    edits.replace(previousEnd..<range.upperBound) { _ in }
                } else {
                    removedStart = removedStart ?? range.lowerBound
                }
                continue
            }
            if let start = removedStart {
                edits.replace(start..<range.lowerBound) { _ in }
                removedStart = nil
            }
            keptEnd = range.upperBound
            guard let index else { continue }
            isThere[index] = true
            edit(member.value, members[index].change, values, &edits)
        }
        if let start = removedStart { edits.replace(start..<previousEnd) { _ in } }
        let missing = members.indices.filter { !isThere[$0] && members[$0].change.makesValue }
        guard !missing.isEmpty else { return }
        let place = keptEnd ?? previousEnd
        edits.replace(place..<place) { write(missing, values, needsComma: keptEnd != nil, to: &$0) }
    }

    private func edit(_ value: JSONValue, _ change: Change, _ values: PlaceholderValues, _ edits: inout TextEdits) {
        switch change {
        case .act(.remove): preconditionFailure("a removed member was kept")
        case .act(.set(let template)):
            Self.replace(value, &edits) { template.write(values, to: &$0) }
        case .act(.fill(let template)):
            if value.isNull { edits.replace(value.range) { template.write(values, to: &$0) } }
        case .inside(let inner) where value.kind == .object:
            inner.apply(to: value, values, &edits)
        case .inside(let inner):
            guard value.isNull ? change.makesValue : inner.setsValue else { return }
            edits.replace(value.range) { inner.write(values, to: &$0) }
        }
    }

    private static func replace(_ value: JSONValue, _ edits: inout TextEdits, _ write: (inout ByteBuffer) -> Void) {
        var text = ByteBuffer()
        write(&text)
        let isSame = text.withBytes { text in value.withSource { $0.equals(text.copy()) } }
        guard !isSame else { return }
        edits.replace(value.range) { output in text.withBytes { output.append($0) } }
    }

    // MARK: Writing what is missing

    /// An object of all that is set and filled in.
    private func write(_ values: PlaceholderValues, to output: inout ByteBuffer) {
        output.append(UInt8(ascii: "{"))
        write(members.indices.filter { members[$0].change.makesValue }, values, needsComma: false, to: &output)
        output.append(UInt8(ascii: "}"))
    }

    private func write(
        _ indices: [Int], _ values: PlaceholderValues, needsComma: Bool, to output: inout ByteBuffer
    ) {
        var needsComma = needsComma
        for index in indices {
            if needsComma { output.append(UInt8(ascii: ",")) }
            needsComma = true
            let key = members[index].key
            unsafe output.appendJSONString(utf8: key.span.bytes)
            output.append(UInt8(ascii: ":"))
            switch members[index].change {
            case .act(.set(let template)), .act(.fill(let template)): template.write(values, to: &output)
            case .inside(let inner): inner.write(values, to: &output)
            case .act(.remove): preconditionFailure("a removed member was added")
            }
        }
    }

    /// Some member is set, whatever was there.
    private var setsValue: Bool {
        members.contains { member in
            switch member.change {
            case .act(.set): true
            case .act: false
            case .inside(let inner): inner.setsValue
            }
        }
    }
}

extension FieldEdits.Change {
    /// Whether it gives a value to a member that is missing.
    fileprivate var makesValue: Bool {
        switch self {
        case .act(.set), .act(.fill): true
        case .act(.remove): false
        case .inside(let inner): inner.makesValue
        }
    }
}

extension FieldEdits {
    fileprivate var makesValue: Bool { members.contains { $0.change.makesValue } }
}
