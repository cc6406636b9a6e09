import Upstreams

/// The JSON object in a request's body, with the checks that all dialects share.
struct RequestBody {
    let root: JSONValue

    /// - Parameter keys: members whose meaning must not depend on which of two a reader takes.
    init(_ document: JSONDocument, guarding keys: [StaticString]) throws(APIError) {
        root = document.root
        try self.check(keys)
    }

    /// An object that is a part of a body.
    init(_ object: JSONValue) { root = object }

    private func check(_ keys: [StaticString]) throws(APIError) {
        guard root.kind == .object else { throw .invalid("The body must be a JSON object.", code: "invalid_json") }
        if let key = root.duplicateKey(among: keys) {
            throw .invalid("The body has '\(key)' more than once.", param: key.description, code: "duplicate_key")
        }
    }

    /// A member, unless it is missing or null.
    subscript(name: StaticString) -> JSONValue? { root[name].flatMap { $0.isNull ? nil : $0 } }

    /// A text that must be there and hold more than white space.
    func text(_ name: StaticString) throws(APIError) -> JSONValue {
        guard let value = self[name] else {
            throw .invalid("'\(name)' is missing.", param: name.description, code: "missing_required_parameter")
        }
        guard let isBlank = value.withUTF8({ $0.isBlank }) else {
            throw .invalid("'\(name)' must be a string.", param: name.description, code: "invalid_type")
        }
        guard !isBlank else {
            throw .invalid("'\(name)' must not be empty.", param: name.description, code: "empty_string")
        }
        return value
    }

    func flag(_ name: StaticString, default fallback: Bool) throws(APIError) -> Bool {
        try Self.flag(self[name], name.description) ?? fallback
    }

    static func flag(_ value: JSONValue?, _ name: String) throws(APIError) -> Bool? {
        guard let value, !value.isNull else { return nil }
        guard let flag = value.bool else {
            throw .invalid("'\(name)' must be true or false.", param: name, code: "invalid_type")
        }
        return flag
    }
}

extension RawSpan {
    /// Nothing, or nothing but spaces, tabs and line ends.
    fileprivate var isBlank: Bool {
        for offset in 0..<byteCount {
            let byte = byte(at: offset)
            guard byte == 0x20 || 0x09...0x0D ~= byte else { return false }
        }
        return true
    }
}

extension APIError {
    /// A body that is no JSON.
    init(_ error: JSONError) {
        let place = error.offset.map { " at byte \($0)" } ?? ""
        switch error.kind {
        case .empty: self = .invalid("The body is empty; it must be a JSON object.", code: "invalid_json")
        case .notUTF8: self = .invalid("The body is not UTF-8\(place).", code: "invalid_utf8")
        case .notJSON: self = .invalid("The body is not valid JSON\(place).", code: "invalid_json")
        case .tooDeep: self = .invalid("The body is nested too deeply\(place).", code: "json_too_deep")
        case .tooManyValues: self = .invalid("The body has too many values.", code: "json_too_large")
        case .outOfMemory: self = .unavailable("The gateway is out of memory.", retryAfter: 1000)
        }
    }
}
