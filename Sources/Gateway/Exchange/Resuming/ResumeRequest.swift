/// What a client says that comes back to a stream: which one, and what it has already (API page, "Resuming").
struct ResumeRequest {
    let stream: LogID
    /// The offset of the first event that it wants.
    let firstEvent: Int

    /// Reads `GET /v1/chat/completions/{stream}/events` with `after` or `Last-Event-ID`; without either the stream is
    /// wanted from its start.
    init(_ head: RequestHead) throws(APIError) {
        let prefix: StaticString = head.pathHasPrefix("/api") ? "/api/v1/chat/completions/" : "/v1/chat/completions/"
        guard let stream = head.pathParameter(after: prefix, before: "/events").flatMap({ LogID($0) }) else {
            throw .streamGone
        }
        self.stream = stream
        if let text = head.queryItem("after") {
            guard let offset = Self.offset(text) else {
                throw .invalid("'after' must be the offset of an event: a whole number.", param: "after")
            }
            firstEvent = offset + 1
        } else if let text = head.value(of: "last-event-id") {
            let parts = text.split(separator: "-", omittingEmptySubsequences: false)
            guard parts.count == 2, LogID(parts[0]) == stream, let offset = Self.offset(parts[1]) else {
                throw .invalid(
                    "'Last-Event-ID' must be the id of an event of this stream, such as '\(stream)-7'.",
                    param: "Last-Event-ID")
            }
            firstEvent = offset + 1
        } else {
            firstEvent = 0
        }
    }

    private static func offset(_ text: some StringProtocol) -> Int? {
        guard !text.isEmpty, text.utf8.allSatisfy({ 48...57 ~= $0 }), let offset = Int(text), offset < .max else {
            return nil
        }
        return offset
    }
}
