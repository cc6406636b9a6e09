import Policies
import Upstreams

/// A body as the client wrote it, where that is another form than the canonical one: what `validate` policies look at, so
/// that they name the client's own fields.
struct WrittenBody {
    let document: JSONDocument
    let endpoint: ValidationEndpoint

    static func chat(_ document: JSONDocument) -> WrittenBody { WrittenBody(document: document, endpoint: .chat) }

    static func completion(_ document: JSONDocument) -> WrittenBody {
        WrittenBody(document: document, endpoint: .completions)
    }

    static func embedding(_ document: JSONDocument) -> WrittenBody {
        WrittenBody(document: document, endpoint: .embeddings)
    }

    static func moderation(_ document: JSONDocument) -> WrittenBody {
        WrittenBody(document: document, endpoint: .moderations)
    }

    static func response(_ document: JSONDocument) -> WrittenBody {
        WrittenBody(document: document, endpoint: .responses)
    }
}

extension DialectRequest {
    /// What `validate` policies look at: of a chat the canonical request, if the dialect names no other body. Nil: of what
    /// is relayed as it is no shape is known.
    var validated: WrittenBody? { written ?? (completion.operation == .chat ? .chat(completion.document) : nil) }
}
