import Policies

/// The vocabularies that a configuration names, read once and shared by all workers. Never changes.
struct Tokenizers: Sendable {
    private let tokenizers: [TokenizerConfiguration: Tokenizer]

    /// Bytes of a file; the largest that there are have four million.
    private static let maxFileBytes = 64 << 20

    /// Reads the files, blocking: when a configuration is loaded, before a worker gets it.
    init(_ policies: [PolicyConfiguration]) throws(TokenizerError) {
        var tokenizers: [TokenizerConfiguration: Tokenizer] = [:]
        for policy in policies {
            guard case .trimHistory(let trimming) = policy.kind, let file = trimming.tokenizer.file,
                tokenizers[trimming.tokenizer] == nil
            else { continue }
            tokenizers[trimming.tokenizer] = try Self.read(file, trimming.tokenizer.encoding)
        }
        self.tokenizers = tokenizers
    }

    /// Nil where tokens are estimated.
    func tokenizer(for configuration: TokenizerConfiguration) -> Tokenizer? { tokenizers[configuration] }

    private static func read(_ file: String, _ encoding: TokenEncoding) throws(TokenizerError) -> Tokenizer {
        let bytes: [UInt8]
        do {
            bytes = try FileAccess.read(file, limit: maxFileBytes)
        } catch {
            throw TokenizerError(file: file, reason: error.reason)
        }
        do {
            return Tokenizer(encoding, try TokenVocabulary(tiktoken: unsafe bytes.span.bytes))
        } catch {
            throw TokenizerError(file: file, error)
        }
    }
}
