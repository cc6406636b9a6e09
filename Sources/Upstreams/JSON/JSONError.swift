internal import CJSON

/// Why a text is not taken as JSON, and where.
package struct JSONError: Error, Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// Nothing but white space.
        case empty
        /// Not well-formed UTF-8 (RFC 3629).
        case notUTF8
        /// Breaks the grammar of RFC 8259, or holds an escape of half a surrogate pair.
        case notJSON
        /// More arrays and objects inside each other than the parser allows.
        case tooDeep
        /// More keys and values than the parser allows.
        case tooManyValues
        /// The machine has no memory for a text of this size.
        case outOfMemory
    }

    package let kind: Kind
    /// The first byte at fault, counted from 0; `nil` where none can be named.
    package let offset: Int?

    package init(_ kind: Kind, offset: Int? = nil) {
        self.kind = kind
        self.offset = offset
    }

    /// `nil` for a success.
    init?(_ outcome: cj_outcome) {
        let kind: Kind
        switch outcome.status {
        case CJ_OK: return nil
        case CJ_EMPTY: kind = .empty
        case CJ_NOT_UTF8: kind = .notUTF8
        case CJ_NOT_JSON: kind = .notJSON
        case CJ_TOO_DEEP: kind = .tooDeep
        case CJ_TOO_MANY_VALUES: kind = .tooManyValues
        default: kind = .outOfMemory
        }
        self.init(kind, offset: outcome.offset >= 0 ? Int(outcome.offset) : nil)
    }
}
