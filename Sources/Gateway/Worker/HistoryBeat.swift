import Upstreams

/// Has the history look at the figures of all workers once a step. Lives on the supervisor's loop.
final class HistoryBeat {
    private let history: History
    private let directory: WorkerDirectory
    private let supervisor: Mailbox<SupervisorMessage>
    private var samples = Gatherings<MetricsSnapshot>()
    private var timer: (any ReactorTimer)?

    init(_ history: History, _ directory: WorkerDirectory, _ supervisor: Mailbox<SupervisorMessage>, loop: EventLoop) {
        self.history = history
        self.directory = directory
        self.supervisor = supervisor
        timer = loop.timer { [unowned self] in beat() }
        beat()
    }

    private func beat() {
        timer?.arm(milliseconds: History.step * 1000)
        let sample = samples.begin { [history] snapshots in
            history.add(HistoryTotals(snapshots, cpu: ProcessFigures.read().cpuNanoseconds, at: WallClock.seconds))
        }
        for mailbox in directory.all {
            mailbox.post(.measure(to: { [supervisor] in supervisor.post(.measured($0, sample: sample)) }))
        }
    }

    /// A worker has answered.
    func take(_ snapshot: MetricsSnapshot, _ sample: Int) { samples.take(snapshot, sample, of: directory.count)?() }
}
