import Logging
import Upstreams

/// One message of the operational log.
struct OperationalLogLine {
    /// Nanoseconds since the Unix epoch.
    var time: Int
    var level: Logger.Level
    /// The name of the logger.
    var label: String
    var message: String
    var fields: [(key: String, value: String)] = []

    /// Most bytes of a message.
    private static let maxMessage = 4096

    /// Writes the line. In either style every text is escaped as in JSON, so that nothing in it can forge a line.
    func encode(_ style: LogStyle, into buffer: inout ByteBuffer) {
        switch style {
        case .json: encodeJSON(into: &buffer)
        case .text: encodeText(into: &buffer)
        }
    }

    private func encodeJSON(into buffer: inout ByteBuffer) {
        LogLine.begin(time: time, into: &buffer)
        LogLine.member("level", level.rawValue, into: &buffer)
        LogLine.member("logger", label, into: &buffer)
        LogLine.member("message", message, max: Self.maxMessage, into: &buffer)
        for (key, value) in fields {
            buffer.append(",\"")
            LogLine.text(key, max: 64, into: &buffer)
            buffer.append("\":\"")
            LogLine.text(value, max: LogLine.maxText, into: &buffer)
            buffer.append("\"")
        }
        LogLine.end(into: &buffer)
    }

    private func encodeText(into buffer: inout ByteBuffer) {
        UTCTime.append(time, into: &buffer)
        buffer.append(" ")
        buffer.append(level.rawValue)
        buffer.append(" ")
        LogLine.text(label, max: 64, into: &buffer)
        buffer.append(": ")
        LogLine.text(message, max: Self.maxMessage, into: &buffer)
        for (key, value) in fields {
            buffer.append(" ")
            LogLine.text(key, max: 64, into: &buffer)
            buffer.append("=")
            LogLine.text(value, max: LogLine.maxText, into: &buffer)
        }
        buffer.append("\n")
    }
}
