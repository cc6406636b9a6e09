/// How a model cuts text into tokens: OpenAI's two families of vocabularies.
package enum TokenEncoding: String, CaseIterable, Sendable {
    /// GPT-3.5, GPT-4 and their embeddings.
    case cl100k = "cl100k_base"
    /// GPT-4o and later.
    case o200k = "o200k_base"
}
