import Policies
import Upstreams

/// The estimated tokens of one request's prompt, counted once and shared by all that ask.
struct PromptCount {
    /// What was counted.
    let document: JSONDocument
    /// What the estimate is for; another encoding, or another price of images, needs another count.
    let encoding: TokenEncoding
    let imageTokens: Int
    /// What the prompt has besides its messages.
    let fixed: Int
    /// By message.
    let messages: [Int]

    var total: Int { messages.reduce(fixed, +) }

    /// Whether it serves for this request in this way, too.
    func serves(_ document: JSONDocument, _ encoding: TokenEncoding, imageTokens: Int) -> Bool {
        self.document === document && self.encoding == encoding && self.imageTokens == imageTokens
    }
}
