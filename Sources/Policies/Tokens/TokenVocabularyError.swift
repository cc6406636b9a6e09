/// Why a file is no vocabulary.
package enum TokenVocabularyError: Error, Hashable, Sendable {
    /// Not a token in base64, a space and its rank. Lines are counted from 1.
    case malformed(line: Int)
    /// A token or a rank that an earlier line has.
    case duplicate(line: Int)
    /// A byte that is no token by itself, so that not every text could be cut.
    case missingByte(UInt8)
}
