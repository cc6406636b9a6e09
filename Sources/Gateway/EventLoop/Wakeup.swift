/// Where one task of a loop waits for news.
///
/// Like a condition variable with one waiter: whoever changes something that the task may wait for calls `wake()`,
/// and the task looks again at all that it waits for. A wake that comes before the wait is kept, so none is lost.
/// Used on one loop's thread only.
@safe
final class Wakeup {
    private var waiter: UnsafeContinuation<Void, Never>?
    private var isDue = false

    /// Returns after the next `wake()`, at once if one came since the last wait.
    func wait() async {
        if isDue {
            isDue = false
            return
        }
        precondition(unsafe waiter == nil, "two tasks wait in one place")
        await unsafe withUnsafeContinuation { continuation in unsafe waiter = continuation }
        isDue = false
    }

    func wake() {
        guard let waiter = unsafe waiter else {
            isDue = true
            return
        }
        unsafe self.waiter = nil
        unsafe waiter.resume()
    }
}

extension Wakeup {
    /// What `ask` is told by what it is given, which is called once on this loop.
    static func answer<Answer>(_ ask: (@escaping (Answer) -> Void) -> Void) async -> Answer {
        let wakeup = Wakeup()
        var answer: Answer?
        ask {
            answer = $0
            wakeup.wake()
        }
        while true {
            if let answer { return answer }
            await wakeup.wait()
        }
    }
}
