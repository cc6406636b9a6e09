import Policies
import Upstreams

/// A request that waits for the word of its limits: for the store's answer, for a place, or for both in turn; until
/// `answer` is there or nobody wants it any more.
///
/// States: asking → queued → answered, or asking → answered; any of them → left.
final class LimitWait {
    enum Answer {
        case admitted(Admission)
        case refused(LimitRefusal)
    }

    private(set) var answer: Answer?
    private var isLeft = false
    /// What metrics count of waiting for a place, until it is taken.
    private var decision: LimitDecision?
    private let loop: EventLoop
    private let notify: () -> Void
    private var didLeave: (() -> Void)?
    private var timer: (any ReactorTimer)?

    /// `notify` is called when there is something to look at.
    init(on loop: EventLoop, notify: @escaping () -> Void) {
        self.loop = loop
        self.notify = notify
    }

    /// Whether an answer is still wanted.
    var isOpen: Bool { answer == nil && !isLeft }

    /// It stands in a line from now on.
    ///
    /// - Parameters:
    ///   - deadline: when it has waited long enough, in the loop's nanoseconds; nil: somebody else knows.
    ///   - didExpire: called then.
    ///   - didLeave: called when the client has gone.
    func queue(
        _ decision: LimitDecision, until deadline: Int?, didExpire: @escaping () -> Void,
        didLeave: @escaping () -> Void
    ) {
        self.decision = decision
        self.didLeave = didLeave
        if let deadline {
            timer = loop.timer(didExpire)
            timer?.arm(milliseconds: max(0, deadline - Int(loop.now.nanoseconds) + 999_999) / 1_000_000)
        }
        notify()
    }

    /// What metrics are to count; once.
    func takeDecision() -> LimitDecision? {
        defer { decision = nil }
        return decision
    }

    /// The client has gone. A place that was given at the same moment goes back.
    func leave() {
        guard !isLeft else { return }
        isLeft = true
        timer = nil
        let didLeave = didLeave
        self.didLeave = nil
        didLeave?()
        if case .admitted(let admission) = answer { admission.refund(.everything) }
        answer = nil
    }

    /// Only while it is open.
    func resolve(_ answer: Answer) {
        precondition(isOpen, "a request was answered twice")
        timer = nil
        didLeave = nil
        self.answer = answer
        notify()
    }
}
