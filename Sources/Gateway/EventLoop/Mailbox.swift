import Synchronization
import Upstreams

/// A queue of messages into a loop: the only way from thread to thread.
///
/// Any thread may `post`; the handler runs on the loop's thread, with the messages in the order of posting. Many
/// messages posted before the loop wakes are handed over in one go.
final class Mailbox<Message: Sendable>: Sendable {
    private let queue: MessageQueue<Message>
    private let wakeUp: LoopWakeUp

    /// Must be made on the loop's thread. `handler` runs there, once per message.
    init(loop: EventLoop, _ handler: @escaping (Message) -> Void) {
        let queue = MessageQueue<Message>()
        self.queue = queue
        wakeUp = unsafe LoopWakeUp(loop.uv) {
            for message in queue.takeAll() { handler(message) }
        }
    }

    func post(_ message: Message) {
        queue.append(message)
        wakeUp.send()
    }
}

/// The messages that wait in a mailbox.
private final class MessageQueue<Message: Sendable>: Sendable {
    private let messages = Mutex<[Message]>([])

    func append(_ message: Message) { messages.withLock { $0.append(message) } }

    func takeAll() -> [Message] {
        messages.withLock { messages in
            defer { messages.removeAll() }
            return messages
        }
    }
}
