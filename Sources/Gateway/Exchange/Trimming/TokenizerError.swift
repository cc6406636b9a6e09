import Policies

/// Why a vocabulary that the configuration names cannot be used.
struct TokenizerError: Error, CustomStringConvertible {
    let file: String
    let reason: String

    init(file: String, reason: String) {
        self.file = file
        self.reason = reason
    }

    init(file: String, _ error: TokenVocabularyError) {
        switch error {
        case .malformed(let line): reason = "line \(line) is not a token in base64 with its rank"
        case .duplicate(let line): reason = "a token or rank on or before line \(line) is there twice"
        case .missingByte(let byte): reason = "the byte \(byte) is no token"
        }
        self.file = file
    }

    var description: String { "cannot use the tokenizer file \(file.quoted): \(reason)" }
}
