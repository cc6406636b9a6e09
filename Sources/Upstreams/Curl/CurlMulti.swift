internal import CCurl
import Glibc

/// libcurl's multi handle on a loop: one per worker, shared by all providers, with their kept-alive connections.
///
/// Tells the loop which descriptors libcurl wants watched and libcurl what became ready. Descriptors that this object
/// opened for libcurl stay watched for reading between transfers (see `DescriptorWatch.want`); it learns of their end
/// because libcurl closes them through it. libcurl's own descriptors (its resolver's) are watched only as long as it
/// says. libcurl must not be entered from its own callbacks: what is started or ended there waits until it is left.
@safe
package final class CurlMulti: TurnTask {
    let reactor: any Reactor
    /// Transfers on their way.
    package internal(set) var transfersInFlight = 0
    private let multi: OpaquePointer
    private var watches: [Int32: any DescriptorWatch] = [:]
    private var ownDescriptors: Set<Int32> = []
    private var timer: (any ReactorTimer)?
    /// When libcurl wants to be called; nil: it does not.
    private var due: MonotonicTime?
    /// When the timer fires, `due` or earlier; nil: it is not armed.
    private var armedFor: MonotonicTime?
    private var isTimeoutQueued = false
    private var depth = 0
    private var starting: [CurlHandle] = []
    private var ending: [CurlHandle] = []

    /// `connections`: how many idle connections are kept at most.
    package init(reactor: any Reactor, connections: Int = 4096) {
        self.reactor = reactor
        guard let multi = unsafe curl_multi_init() else { preconditionFailure("curl_multi_init failed") }
        unsafe self.multi = OpaquePointer(multi)
        timer = reactor.timer { [unowned self] in timerFired() }
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe sluice_curl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, connections)
        unsafe sluice_curl_multi_set_socket_fn(
            multi,
            { _, descriptor, what, context, _ in
                guard let context = unsafe context else { return 0 }
                unsafe Unmanaged<CurlMulti>.fromOpaque(context)._withUnsafeGuaranteedRef {
                    $0.watch(descriptor, what)
                }
                return 0
            }, context)
        unsafe sluice_curl_multi_set_timer_fn(
            multi,
            { _, milliseconds, context in
                guard let context = unsafe context else { return 0 }
                unsafe Unmanaged<CurlMulti>.fromOpaque(context)._withUnsafeGuaranteedRef { $0.setTimer(milliseconds) }
                return 0
            }, context)
    }

    deinit {
        unsafe curl_multi_cleanup(UnsafeMutableRawPointer(multi))
        for watch in watches.values { watch.stop() }
    }

    /// Whether libcurl is calling us right now.
    var isInside: Bool { depth > 0 }

    /// Begins what the handle is set up for; if libcurl is calling us, as soon as it is left.
    func start(_ handle: CurlHandle) {
        starting.append(handle)
        if !isInside { enter {} }
    }

    private func add(_ handle: CurlHandle) {
        let code = unsafe curl_multi_add_handle(UnsafeMutableRawPointer(multi), handle.handle)
        precondition(code == CURLM_OK, "curl_multi_add_handle failed: \(code.rawValue)")
        transfersInFlight += 1
    }

    @unsafe func remove(_ easy: UnsafeMutableRawPointer) {
        precondition(!isInside, "a transfer is removed from inside of libcurl")
        unsafe curl_multi_remove_handle(UnsafeMutableRawPointer(multi), easy)
        transfersInFlight -= 1
    }

    /// Runs `body`, which may call into libcurl, and then whatever had to wait until libcurl was left.
    func enter(_ body: () -> Void) {
        depth += 1
        body()
        depth -= 1
        guard depth == 0 else { return }
        // One that was started and is ended already is added, too, so that every handle has the same life.
        for handle in starting { add(handle) }
        starting.removeAll(keepingCapacity: true)
        // Before what has ended by itself, since such a handle would go back into its pool and might be running again.
        while let handle = ending.popLast() { handle.detach() }
        finishTransfers()
    }

    /// Detaches the handle as soon as libcurl is left.
    func detachAfterwards(_ handle: CurlHandle) { ending.append(handle) }

    // MARK: Descriptors

    /// Opens a socket for libcurl; -1 on failure.
    func open(family: Int32, type: Int32, protocol number: Int32) -> Int32 {
        let descriptor = socket(family, type | Int32(SOCK_CLOEXEC.rawValue), number)
        if descriptor >= 0 { ownDescriptors.insert(descriptor) }
        return descriptor
    }

    func close(_ descriptor: Int32) {
        watches.removeValue(forKey: descriptor)?.stop()
        // One that was given away is no longer ours.
        if ownDescriptors.remove(descriptor) != nil { _ = Glibc.close(descriptor) }
    }

    /// Stops watching a descriptor: libcurl is done with it for now, and another will watch it.
    func unwatch(_ descriptor: Int32) { watches.removeValue(forKey: descriptor)?.stop() }

    /// Hands a descriptor to the caller: it is left open when libcurl closes it.
    func giveAway(_ descriptor: Int32) {
        unwatch(descriptor)
        ownDescriptors.remove(descriptor)
    }

    private func watch(_ descriptor: Int32, _ what: Int32) {
        if what == CURL_POLL_REMOVE, !ownDescriptors.contains(descriptor) {
            watches.removeValue(forKey: descriptor)?.stop()
            return
        }
        let wanted = what == CURL_POLL_REMOVE ? [] : Readiness(rawValue: what).intersection([.readable, .writable])
        if let watch = watches[descriptor] {
            watch.want(wanted)
            return
        }
        guard !wanted.isEmpty else { return }
        let watch = reactor.watch(descriptor: descriptor) { [unowned self] ready in
            act(descriptor, ready)
        }
        watches[descriptor] = watch
        watch.want(wanted)
    }

    private func act(_ descriptor: Int32, _ ready: Readiness) {
        // CURL_CSELECT_IN and CURL_CSELECT_OUT have the values of Readiness.
        let events = ready.contains(.failed) ? CURL_CSELECT_ERR : ready.rawValue & 3
        enter { unsafe socketAction(descriptor, events) }
    }

    @unsafe private func socketAction(_ descriptor: Int32, _ events: Int32) {
        var running: Int32 = 0
        unsafe curl_multi_socket_action(UnsafeMutableRawPointer(multi), descriptor, events, &running)
    }

    private func finishTransfers() {
        var left: Int32 = 0
        while let message = unsafe curl_multi_info_read(UnsafeMutableRawPointer(multi), &left) {
            guard unsafe message.pointee.msg == CURLMSG_DONE, let easy = unsafe message.pointee.easy_handle,
                let context = unsafe sluice_curl_info_pointer(easy, CURLINFO_PRIVATE)
            else { continue }
            let result = unsafe sluice_curl_result(message)
            unsafe Unmanaged<CurlHandle>.fromOpaque(context).takeUnretainedValue().finish(result)
        }
    }

    // MARK: Timeouts

    private func setTimer(_ milliseconds: Int) {
        if milliseconds == 0 {
            guard !isTimeoutQueued else { return }
            isTimeoutQueued = true
            reactor.atEndOfTurn(self)
            return
        }
        guard milliseconds > 0 else {
            due = nil
            return
        }
        // libcurl moves its timer with every transfer. An armed one that fires too early is armed again for the rest,
        // which is cheaper than arming it each time.
        let due = reactor.now.advanced(milliseconds: milliseconds)
        self.due = due
        if let armedFor, armedFor <= due { return }
        arm(milliseconds, due)
    }

    private func arm(_ milliseconds: Int, _ due: MonotonicTime) {
        armedFor = due
        timer?.arm(milliseconds: milliseconds)
    }

    private func timerFired() {
        armedFor = nil
        guard let due else { return }
        let rest = due.milliseconds(since: reactor.now)
        if rest > 0 {
            arm(rest, due)
        } else {
            self.due = nil
            enter { unsafe socketAction(CURL_SOCKET_BAD, 0) }
        }
    }

    package func runAtEndOfTurn() {
        isTimeoutQueued = false
        enter { unsafe socketAction(CURL_SOCKET_BAD, 0) }
    }
}
