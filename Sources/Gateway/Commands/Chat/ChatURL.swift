/// The address of a gateway, as a user gives it.
enum ChatURL {
    /// What paths are appended to: without slashes at its end, and without the `/v1` that OpenAI's clients are given.
    /// Nil if it is no address of a gateway.
    static func base(_ text: String) -> String? {
        guard text.utf8.allSatisfy({ 0x21...0x7E ~= $0 }), !text.contains(where: { "?#@".contains($0) }) else {
            return nil
        }
        guard let scheme = ["http://", "https://"].first(where: { text.lowercased().hasPrefix($0) }) else { return nil }
        var rest = text.dropFirst(scheme.count)
        while rest.hasSuffix("/") { rest.removeLast() }
        if rest.hasSuffix("/v1") { rest.removeLast(3) }
        return rest.isEmpty || rest.hasPrefix("/") ? nil : scheme + rest
    }

    /// Whether a page may be opened: nothing but an address of the web.
    static func isPage(_ text: String) -> Bool {
        text.utf8.allSatisfy { 0x21...0x7E ~= $0 } && (text.hasPrefix("http://") || text.hasPrefix("https://"))
    }
}
