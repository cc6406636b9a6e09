import ArgumentParser

/// A path through a deployment that is tried, and what has to come of it.
enum ChatScenario: String, CaseIterable, ExpressibleByArgument {
    /// A good request: the whole answer.
    case ok
    /// A model that is slower than the timeout: a timeout.
    case timeout
    /// A body that is none of the dialect's: a refusal with status 400 and the reason.
    case invalid

    var expectation: String {
        switch self {
        case .ok: "a whole answer"
        case .timeout: "a timeout"
        case .invalid: "a refusal with HTTP 400"
        }
    }

    func isMet(by ending: ChatEnding) -> Bool {
        switch (self, ending) {
        case (.ok, .whole), (.timeout, .timeout): true
        case (.invalid, .failed(let message)): message.hasPrefix("HTTP 400: ")
        default: false
        }
    }
}
