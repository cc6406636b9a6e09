internal import CHiredis

/// hiredis' asynchronous context on a descriptor, and its adapter to the loop.
///
/// States: open → ended, by `close()` or by itself. hiredis formats, writes, reads and parses; this tells it when the
/// descriptor is ready, and writes at the end of a turn, so that all commands of a turn share one system call.
/// hiredis frees its context inside of its own functions and closes the descriptor with it; its `cleanup` hook is the
/// one sign of that, so it keeps this object alive until then and lets go of the pointer in it.
@safe
final class RedisContext: TurnTask {
    private weak var receiver: (any RedisContextReceiver)?
    private let reactor: any Reactor
    /// Nil: ended.
    private var context: UnsafeMutablePointer<redisAsyncContext>?
    private var watch: (any DescriptorWatch)?
    private var wanted: Readiness = []
    private var isFlushQueued = false
    private var isFlushing = false
    /// Commands whose replies are to come.
    private var unanswered = 0

    /// Takes over the descriptor, which must be connected and non-blocking.
    init(_ descriptor: Int32, reactor: any Reactor, receiver: any RedisContextReceiver) {
        self.reactor = reactor
        self.receiver = receiver
        guard let context = unsafe sluice_redis_adopt(descriptor) else { preconditionFailure("out of memory") }
        unsafe self.context = context
        watch = reactor.watch(descriptor: descriptor) { [unowned self] ready in act(ready) }
        unsafe context.pointee.ev.data = Unmanaged.passRetained(self).toOpaque()
        unsafe setHooks(context)
        want(.readable)
    }

    /// Sends a command at the end of this turn; false: the context has ended.
    func send(_ arguments: RedisArguments) -> Bool {
        guard let context = unsafe context else { return false }
        let code = unsafe arguments.withPointers { count, starts, lengths in
            unsafe redisAsyncCommandArgv(
                context,
                { context, reply, _ in
                    // Without a reply: the connection has ended, which `cleanup` tells once for all commands.
                    guard let reply = unsafe reply, let data = unsafe context?.pointee.ev.data else { return }
                    let me = unsafe Unmanaged<RedisContext>.fromOpaque(data).takeUnretainedValue()
                    me.unanswered -= 1
                    me.receiver?.contextDidReceive(unsafe RedisReply(reply.assumingMemoryBound(to: redisReply.self)))
                }, nil, count, starts, lengths)
        }
        guard code == REDIS_OK else { return false }
        unanswered += 1
        return true
    }

    /// Ends it at once; the receiver hears nothing more.
    func close() {
        receiver = nil
        guard let context = unsafe context else { return }
        unsafe redisAsyncFree(context)
    }

    // MARK: What the loop tells

    private func act(_ ready: Readiness) {
        if ready.contains(.writable) { flush() }
        guard let context = unsafe context, !ready.isDisjoint(with: [.readable, .failed]) else { return }
        // hiredis takes a reply that nobody waits for as a bug of its own and ends the process.
        if unanswered == 0 { return end(.connectionLost) }
        unsafe redisAsyncHandleRead(context)
    }

    func runAtEndOfTurn() {
        isFlushQueued = false
        flush()
    }

    private func flush() {
        guard let context = unsafe context else { return }
        isFlushing = true
        unsafe redisAsyncHandleWrite(context)
        isFlushing = false
    }

    private func end(_ error: RedisError) {
        guard let receiver else { return }
        close()
        receiver.contextDidEnd(error)
    }

    // MARK: What hiredis asks for

    @unsafe
    private static func from(_ data: UnsafeMutableRawPointer?) -> RedisContext? {
        unsafe data.map { unsafe Unmanaged<RedisContext>.fromOpaque($0).takeUnretainedValue() }
    }

    @unsafe
    private func setHooks(_ context: UnsafeMutablePointer<redisAsyncContext>) {
        unsafe context.pointee.ev.addRead = { unsafe RedisContext.from($0)?.want(adding: .readable) }
        unsafe context.pointee.ev.delRead = { unsafe RedisContext.from($0)?.want(dropping: .readable) }
        unsafe context.pointee.ev.addWrite = { unsafe RedisContext.from($0)?.addWrite() }
        unsafe context.pointee.ev.delWrite = { unsafe RedisContext.from($0)?.want(dropping: .writable) }
        unsafe context.pointee.ev.cleanup = { data in
            guard let data = unsafe data else { return }
            unsafe Unmanaged<RedisContext>.fromOpaque(data).takeRetainedValue().cleanUp()
        }
    }

    /// While flushing, hiredis asks because the socket takes no more; else because there is a first command to send.
    private func addWrite() {
        if isFlushing { return want(adding: .writable) }
        guard !isFlushQueued, !wanted.contains(.writable) else { return }
        isFlushQueued = true
        reactor.atEndOfTurn(self)
    }

    private func want(adding readiness: Readiness) { want(wanted.union(readiness)) }
    private func want(dropping readiness: Readiness) { want(wanted.subtracting(readiness)) }

    private func want(_ readiness: Readiness) {
        guard readiness != wanted else { return }
        wanted = readiness
        watch?.want(readiness)
    }

    /// hiredis is about to free its context and to close the descriptor.
    private func cleanUp() {
        let code = unsafe context?.pointee.c.err ?? 0
        unsafe context = nil
        watch?.stop()
        watch = nil
        let receiver = receiver
        self.receiver = nil
        receiver?.contextDidEnd(code == REDIS_ERR_PROTOCOL ? .protocolViolation : .connectionLost)
    }
}
