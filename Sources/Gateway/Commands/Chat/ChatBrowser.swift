import Glibc

/// The browser of the user's desktop.
enum ChatBrowser {
    #if os(macOS)
        private static let opener = "open"
    #else
        private static let opener = "xdg-open"
    #endif

    /// Opens a page. False: it is no page, or there is no program that opens pages.
    static func open(_ page: String) -> Bool {
        guard ChatURL.isPage(page) else { return false }
        var arguments = unsafe [strdup(opener), strdup(page), nil]
        defer { unsafe arguments.forEach { unsafe free($0) } }
        var process = pid_t()
        guard unsafe posix_spawnp(&process, opener, nil, nil, &arguments, environ) == 0 else { return false }
        var status: Int32 = 0
        return unsafe waitpid(process, &status, 0) == process && status == 0
    }
}
