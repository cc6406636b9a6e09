import Glibc

/// What the process needs once, before anything else.
enum ProcessSetup {
    static func prepare() {
        // A write to a client that has gone is an error of that write, never a signal.
        signal(SIGPIPE, SIG_IGN)
        raiseDescriptorLimit()
    }

    /// One descriptor per connection, both ways: as many as the system allows.
    private static func raiseDescriptorLimit() {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
