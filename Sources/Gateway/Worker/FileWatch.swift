import Upstreams

/// Looks at files every so often and tells when they have changed and settled.
///
/// It compares what stands under their paths rather than listen to the kernel: that sees files that are written in
/// place, replaced by renaming, or reached through symbolic links that are swapped (as Kubernetes does with its
/// volumes), on every file system. A look is one system call per file. Lives on its loop's thread.
final class FileWatch {
    private let handler: () -> Void
    private var changes = FileChanges([:])
    private var settings = ReloadConfiguration(.placeholder)
    private var timer: (any ReactorTimer)?

    /// `handler` is called once per change; it has to say by `follow` what is to be watched from then on.
    init(_ loop: EventLoop, _ handler: @escaping () -> Void) {
        self.handler = handler
        timer = loop.timer { [unowned self] in compare() }
    }

    /// From now on watches these files, whose stamps are those that are known.
    func follow(_ files: [String: FileStamp], _ settings: ReloadConfiguration) {
        changes = FileChanges(files)
        self.settings = settings
        if settings.watches { timer?.arm(milliseconds: settings.intervalMs) } else { timer?.cancel() }
    }

    /// The stamps that the watched files have at this moment.
    func look() -> [String: FileStamp] { FileStamp.of(changes.paths) }

    private func compare() {
        switch changes.compare(look()) {
        case .unchanged: timer?.arm(milliseconds: settings.intervalMs)
        case .unsettled: timer?.arm(milliseconds: settings.debounceMs)
        case .changed: handler()
        }
    }
}
