/// One thing that a guard looks for, and what it does about it.
package struct GuardRule: Sendable {
    package enum Action: Hashable, Sendable {
        /// The text must not go on; `message` tells the client.
        case deny(message: String)
        /// What was found is replaced.
        case redact(with: String)
    }

    package let pattern: GuardPattern
    package let action: Action

    package init(_ pattern: GuardPattern, _ action: Action) {
        self.pattern = pattern
        self.action = action
    }
}
