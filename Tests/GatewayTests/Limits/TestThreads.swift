import Glibc

/// Threads for tests of what several of them share.
enum TestThreads {
    private final class Start: Sendable {
        let index: Int
        let body: @Sendable (Int) -> Void

        init(_ index: Int, _ body: @escaping @Sendable (Int) -> Void) {
            self.index = index
            self.body = body
        }
    }

    /// Runs `body` on `count` threads at once, with the index of each, and returns when all have ended.
    static func run(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
        let threads = (0..<count).map { index in
            let start = unsafe Unmanaged.passRetained(Start(index, body)).toOpaque()
            var thread = pthread_t()
            let code = unsafe pthread_create(
                &thread, nil,
                { argument in
                    guard let argument = unsafe argument else { return nil }
                    let start = unsafe Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
                    start.body(start.index)
                    return nil
                }, start)
            precondition(code == 0, "no thread: \(code)")
            return thread
        }
        for thread in threads { pthread_join(thread, nil) }
    }
}
