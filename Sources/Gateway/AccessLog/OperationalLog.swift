import Logging
import Upstreams

/// The backend of swift-log: writes each message as one line and hands it to the `LogWriter`.
///
/// A value, as swift-log asks: metadata belong to each logger, and so does a level that is set there; without one the
/// process's threshold counts. Allocates, and is not meant for what happens on every request.
struct OperationalLog: LogHandler {
    var metadata: Logger.Metadata = [:]
    private let label: String
    private let threshold: LogThreshold
    private var ownLevel: Logger.Level?
    private let writer: LogWriter

    init(label: String, threshold: LogThreshold, writer: LogWriter) {
        self.label = label
        self.writer = writer
        self.threshold = threshold
    }

    var logLevel: Logger.Level {
        get { ownLevel ?? Logger.Level(threshold.level) }
        set { ownLevel = newValue }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var fields = metadata
        if let more = event.metadata { fields.merge(more) { $1 } }
        if let error = event.error { fields["error"] = "\(error)" }
        writer.submit(
            OperationalLogLine(
                time: WallClock.now, level: event.level, label: label, message: event.message.description,
                fields: fields.sorted { $0.key < $1.key }.map { ($0.key, $0.value.description) }))
    }
}

extension Logger.Level {
    fileprivate init(_ level: TelemetryConfiguration.LogLevel) {
        switch level {
        case .trace: self = .trace
        case .debug: self = .debug
        case .info: self = .info
        case .notice: self = .notice
        case .warning: self = .warning
        case .error: self = .error
        case .critical: self = .critical
        }
    }
}
