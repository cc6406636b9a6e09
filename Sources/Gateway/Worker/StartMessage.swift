/// What is printed when all workers serve: where, what, and a line to try it with.
enum StartMessage {
    static func print(_ configuration: Configuration, _ sockets: [ListeningSockets], workers: Int) {
        var lines = sockets.map { "listening \($0.name) \($0.isSecure ? "https" : "http")://\($0.address)" }
        lines.append("models " + configuration.models.map(\.name).joined(separator: " "))
        if let line = trial(configuration, sockets) { lines.append("try " + line) }
        lines.append("ready")
        StandardStreams.print(lines.joined(separator: "\n"))
    }

    /// A curl line for the first plain listener that serves the API.
    private static func trial(_ configuration: Configuration, _ sockets: [ListeningSockets]) -> String? {
        let pairs = zip(configuration.listeners, sockets)
        guard let (listener, socket) = pairs.first(where: { $0.0.serves.contains(.api) && !$0.1.isSecure }),
            let model = configuration.models.first(where: { !$0.name.contains("*") })
        else { return nil }
        let needsKey = configuration.authentication(onListener: listener.name).map { !$0.isOpen } ?? false
        let key = needsKey ? " -H 'authorization: Bearer YOUR_KEY'" : ""
        return "curl -N http://\(socket.address)/v1/chat/completions -H 'content-type: application/json'\(key)"
            + " -d '{\"model\":\"\(model.name)\",\"stream\":true,"
            + "\"messages\":[{\"role\":\"user\",\"content\":\"Hello, Sluice!\"}]}'"
    }
}
