import Policies
import Upstreams

/// What a relayed request asks for, as policies and routes see it.
struct RelayQuestion {
    /// Its document is the body where that is JSON for a model, else an empty object.
    var request: CompletionRequest
    /// Nil: it belongs to no model.
    let route: RequestedRoute?
    /// Who keeps it then.
    let store: Destination?
    /// Whether the body is JSON for a model, which policies may change.
    let isJSON: Bool

    /// Throws unless the caller may ask for it.
    init(_ exchange: Exchange, _ route: Route, _ operation: ModelOperation, _ upload: Upload) throws(APIError) {
        let (runtime, parser) = (exchange.runtime, exchange.service.parser)
        let context = exchange.dialectContext
        if let (kept, section) = route.store(runtime) {
            guard exchange.identity.mayUse(model: "*") else { throw .keyOfSomeModels }
            guard let kept else { throw .notConfigured(exchange.entry.path, section: section) }
            store = kept
            isJSON = false
            self.route = nil
            request = CompletionRequest(
                try Self.nothing(parser), model: "", isStream: false, operation: operation, in: context)
            return
        }
        store = nil
        let standard = route.standardModel(runtime.configuration.dialects.openai)
        isJSON = !route.streamsBody(context.head)
        let document: JSONDocument
        let model: String
        if isJSON {
            let body = try RequestBody(upload.json(parser), guarding: ["model"])
            if body["model"] == nil, let standard {
                (model, document) = (standard, try body.naming(standard, parser))
            } else if body["model"] == nil {
                throw .missingModel(route.standardModelField)
            } else {
                (model, document) = (try ChatDialect.model(body), body.root.document)
            }
        } else {
            guard let named = upload.model ?? standard else { throw .missingModel(route.standardModelField) }
            (model, document) = (named, try Self.nothing(parser))
        }
        request = CompletionRequest(
            document, model: model, isStream: false,
            alternatives: try ModelWishes.alternatives(context.head, named: [], model: model), operation: operation,
            in: context)
        self.route = try runtime.requested(request, by: exchange.identity)
    }

    /// Whether the body asks for events.
    var isStream: Bool { isJSON && request.document.root["stream"]?.bool == true }

    /// What `validate` policies look at; nil: no shape is known.
    var written: WrittenBody? {
        request.operation == .responses && isJSON ? .response(request.document) : nil
    }

    private static func nothing(_ parser: JSONParser) throws(APIError) -> JSONDocument {
        try parser.document(ByteBuffer(Array("{}".utf8)))
    }
}

extension APIError {
    /// A body names no model, and neither does the configuration at this place.
    static func missingModel(_ field: StaticString) -> APIError {
        .invalid(
            "You must provide a model parameter, in form data before the files: the gateway's configuration names none"
                + " (\(field)).", param: "model", code: "missing_required_parameter")
    }
}
