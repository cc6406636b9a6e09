import Upstreams

/// One reviewer at work on one version: asked, asked once more if the answer cannot be read, and then its review.
///
/// States: asked → asked again → done; or done from any of them. A reviewer that fails has its review as well: the vote
/// that the configuration gives to those who are absent.
final class MagiSeat {
    let reviewer: MagiReviewerConfiguration
    private(set) var review: MagiReview?
    private let absent: MagiUpstreamConfiguration.Absence
    private let ask: (_ repair: (answer: String, fault: MagiVerdict.Fault)?) throws(UpstreamError) -> ModelCall
    private let account: (ModelCall) -> Void
    private let parser: JSONParser
    private var call: ModelCall?
    private var isRepair = false

    /// - Parameters:
    ///   - ask: starts a call.
    ///   - account: hears of each call that is over.
    init(
        _ reviewer: MagiReviewerConfiguration, absent: MagiUpstreamConfiguration.Absence, _ parser: JSONParser,
        account: @escaping (ModelCall) -> Void,
        ask: @escaping (_ repair: (answer: String, fault: MagiVerdict.Fault)?) throws(UpstreamError) -> ModelCall
    ) {
        self.reviewer = reviewer
        self.absent = absent
        self.parser = parser
        self.account = account
        self.ask = ask
        begin(nil)
    }

    /// Looks at what has come. True: the review is there, since just now.
    func step() -> Bool {
        guard review == nil, let call, let end = call.read() else { return false }
        account(call)
        self.call = nil
        switch end {
        case .completed: judge(call.text)
        case .failed(let error): beAbsent("The reviewer failed: \(error.message)")
        case .cancelled: beAbsent("The reviewer was interrupted.")
        }
        return review != nil
    }

    /// The time is up.
    func expire() {
        guard review == nil else { return }
        cancel()
        beAbsent("The reviewer did not answer in time.")
    }

    func cancel() {
        call?.cancel()
        if let call { account(call) }
        call = nil
    }

    private func begin(_ repair: (answer: String, fault: MagiVerdict.Fault)?) {
        do throws(UpstreamError) {
            call = try ask(repair)
        } catch {
            beAbsent("The reviewer failed: \(error.message)")
        }
    }

    private func judge(_ answer: String) {
        do throws(MagiVerdict.Fault) {
            let verdict = try MagiVerdict(answer, parser)
            review = MagiReview(reviewer: reviewer.name, decision: verdict.decision, reason: verdict.reason)
        } catch {
            guard !isRepair else { return beAbsent("The reviewer gave no valid review: \(error.message).") }
            isRepair = true
            begin((answer, error))
        }
    }

    private func beAbsent(_ reason: String) {
        review = MagiReview(
            reviewer: reviewer.name, decision: absent == .negative ? .negative : .abstained, reason: reason)
    }
}
