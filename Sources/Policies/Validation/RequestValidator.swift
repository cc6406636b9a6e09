/// Checks a whole request body against the API reference and an operator's own limits (policy `validate`).
///
/// Reads the body once, in time linear in its size and without recursion into what the client nests.
package final class RequestValidator: Sendable {
    let settings: ValidationSettings
    /// Whether the operator has lists of top-level fields.
    let hasFieldLists: Bool

    package init(_ settings: ValidationSettings) {
        self.settings = settings
        hasFieldLists = !settings.forbiddenFields.isEmpty || settings.allowedFields != nil
    }

    /// Throws the first mistake that is found.
    package func validate(_ tree: any JSONTree, endpoint: ValidationEndpoint) throws(Refusal) {
        if let mistake = mistakes(tree, endpoint: endpoint, most: 1).first { throw mistake }
    }

    /// Up to `most` mistakes, for people who want to know them all at once.
    package func mistakes(_ tree: any JSONTree, endpoint: ValidationEndpoint, most: Int = 100) -> [Refusal] {
        precondition(most > 0, "no mistake may be told")
        var inspection = Inspection(tree, self, most: most)
        // Stopping early is the way to tell no more mistakes than were asked for.
        try? inspection.run(endpoint)
        return inspection.mistakes
    }
}
