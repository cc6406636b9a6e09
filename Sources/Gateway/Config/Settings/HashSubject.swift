/// What stays at one target when targets are chosen by hash.
package enum HashSubject: String, CaseIterable, Sendable {
    case user
    case prompt
}
