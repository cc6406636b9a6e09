import Upstreams

/// How a response stands or ended.
///
/// States: in progress → completed, incomplete (with why), or failed (with an error).
enum ResponseStatus {
    case inProgress, completed
    case incomplete(reason: StaticString)
    case failed(ResponseError)

    /// `finish`: of a chunk or an answer.
    init(finish: JSONValue?) {
        if finish?.isString("length") == true {
            self = .incomplete(reason: "max_output_tokens")
        } else if finish?.isString("content_filter") == true {
            self = .incomplete(reason: "content_filter")
        } else {
            self = .completed
        }
    }

    var word: StaticString {
        switch self {
        case .inProgress: "in_progress"
        case .completed: "completed"
        case .incomplete: "incomplete"
        case .failed: "failed"
        }
    }

    /// The status of an item that was open when the response ended so.
    var ofLastItem: StaticString {
        if case .completed = self { "completed" } else { "incomplete" }
    }

    /// The event that ends a stream so.
    var event: StaticString {
        switch self {
        case .inProgress: "response.in_progress"
        case .completed: "response.completed"
        case .incomplete: "response.incomplete"
        case .failed: "response.failed"
        }
    }

    func write(to writer: inout JSONWriter) {
        writer.member("status", word)
        if case .failed(let error) = self {
            writer.object("error") { error.writeReason(to: &$0) }
        } else {
            writer.member("error", String?.none)
        }
        if case .incomplete(let reason) = self {
            writer.object("incomplete_details") { $0.member("reason", reason) }
        } else {
            writer.member("incomplete_details", String?.none)
        }
    }
}
