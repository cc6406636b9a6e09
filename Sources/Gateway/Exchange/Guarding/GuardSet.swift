/// Guard policies that act together, in their order.
///
/// Immutable, and shared by all requests that the same policies are for.
package final class GuardSet: Sendable, ExpressibleByArrayLiteral {
    /// Those that look at requests by themselves.
    let ofRequests: [GuardPolicy]
    /// Those that look at answers.
    let ofAnswers: [GuardPolicy]

    package init(_ policies: [GuardPolicy]) {
        ofRequests = policies.filter { $0.settings.looksAtRequests && !$0.rules.isEmpty }
        ofAnswers = policies.filter(\.settings.actsOnAnswers)
    }

    package convenience init(arrayLiteral policies: GuardPolicy...) { self.init(policies) }
}
