import Logging
import Upstreams

/// The backend of swift-log: writes each message as one line and hands it to the `LogWriter`.
///
/// A value, as swift-log asks: metadata and level belong to each logger. Allocates, and is not meant for what happens
/// on every request.
struct OperationalLog: LogHandler {
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    private let label: String
    private let writer: LogWriter

    init(label: String, level: Logger.Level, writer: LogWriter) {
        self.label = label
        self.writer = writer
        logLevel = level
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
