import Upstreams

/// The routes that are relayed as they are (API page, OpenAI dialect).
extension Route {
    /// What is asked for there; nil: it is not relayed, or not always.
    var relayed: ModelOperation? {
        switch self {
        case .imageGenerations, .imageEdits, .imageVariations: .images
        case .speech, .transcriptions, .translations: .audio
        case .files, .file, .fileContent: .files
        case .batches, .batch, .batchCancel: .batches
        case .response, .responseCancel: .responses
        default: nil
        }
    }

    /// Whether the body of a request is handed on as it comes: files and form data. JSON for a model is read whole.
    func streamsBody(_ head: RequestHead) -> Bool {
        guard head.body != .none, let relayed else { return false }
        switch relayed {
        case .files, .batches: return true
        case .responses: return false
        default: return hasForm && MultipartBoundary.isFormData(head.value(of: "content-type") ?? "")
        }
    }

    /// Whether its body may be form data that name a model.
    private var hasForm: Bool { self != .imageGenerations && self != .speech }

    /// What answers where the body names no model.
    func standardModel(_ configuration: OpenAIDialectConfiguration) -> String? {
        switch self {
        case .imageGenerations, .imageEdits, .imageVariations: configuration.imageModel
        case .speech: configuration.speechModel
        case .transcriptions, .translations: configuration.transcriptionModel
        default: nil
        }
    }

    /// The name in the configuration of what answers then.
    var standardModelField: StaticString {
        switch self {
        case .speech: "dialects.openai.speech_model"
        case .transcriptions, .translations: "dialects.openai.transcription_model"
        default: "dialects.openai.image_model"
        }
    }

    /// What a provider keeps, apart from models; nil: a model answers there.
    func store(_ runtime: Runtime) -> (destination: Destination?, section: StaticString)? {
        switch self {
        case .files, .file, .fileContent, .batches, .batch, .batchCancel:
            (runtime.fileStore, "dialects.openai.files_upstream")
        case .response, .responseCancel: (runtime.responseStore, "dialects.openai.responses_upstream")
        default: nil
        }
    }

    /// Where a request goes, below a provider's base URL.
    func providerPath(_ head: RequestHead) -> String {
        let path = pattern.description.dropFirst("/v1".count)
        guard let id = objectID(head, isPrefixed: head.pathHasPrefix("/api/")) else { return String(path) }
        return path.split(separator: "/").map { $0 == "{id}" ? "/\(id)" : "/\($0)" }.joined()
    }

    /// The id in the path of one file, batch or response: letters, digits, `_`, `-` and dots, so that it leads nowhere else.
    func objectID(_ head: RequestHead, isPrefixed: Bool) -> String? {
        let id: String?
        switch self {
        case .file: id = head.pathParameter(after: isPrefixed ? "/api/v1/files/" : "/v1/files/")
        case .fileContent:
            id = head.pathParameter(after: isPrefixed ? "/api/v1/files/" : "/v1/files/", before: "/content")
        case .batch: id = head.pathParameter(after: isPrefixed ? "/api/v1/batches/" : "/v1/batches/")
        case .batchCancel:
            id = head.pathParameter(after: isPrefixed ? "/api/v1/batches/" : "/v1/batches/", before: "/cancel")
        case .response: id = head.pathParameter(after: isPrefixed ? "/api/v1/responses/" : "/v1/responses/")
        case .responseCancel:
            id = head.pathParameter(after: isPrefixed ? "/api/v1/responses/" : "/v1/responses/", before: "/cancel")
        default: id = nil
        }
        guard let id, id.utf8.count <= 200, id != ".", id != "..", id.utf8.allSatisfy(Self.isOfIDs) else { return nil }
        return id
    }

    private static func isOfIDs(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
            true
        default: false
        }
    }
}
