/// One look at one body: goes through it with the shapes of its endpoint and gathers mistakes.
///
/// Owns what it has counted so far. Throws `Enough` when it has found as many mistakes as were asked for, and for no
/// other reason.
struct Inspection {
    struct Enough: Error {}

    let tree: any JSONTree
    let validator: RequestValidator
    /// The whole body.
    let root: JSONNode
    private let most: Int
    private(set) var mistakes: [Refusal] = []
    /// Bytes of the text that the model reads, so far.
    var textBytes = 0
    var images = 0

    init(_ tree: any JSONTree, _ validator: RequestValidator, most: Int) {
        self.tree = tree
        self.validator = validator
        self.most = most
        root = tree.node(0)
    }

    /// What the operator asks.
    var settings: ValidationSettings { validator.settings }

    mutating func run(_ endpoint: ValidationEndpoint) throws(Enough) {
        guard root.kind == .object else {
            return try report("invalid_type", at: root) { _ in "The body must be a JSON object." }
        }
        switch endpoint {
        case .chat: try checkChat()
        case .completions: try checkCompletion()
        case .embeddings: try checkEmbedding()
        case .moderations: try checkModeration()
        case .responses: try checkResponse()
        }
        try checkTotals(endpoint)
        try checkUser()
    }

    /// Adds a mistake. `member` names a field of the object at `node`, which is not there.
    @inline(never)
    mutating func report(
        _ code: String, at node: JSONNode, member: String? = nil, _ words: (_ param: String) -> String
    ) throws(Enough) {
        var param = tree.path(to: node.index)
        if let member { param += param.isEmpty ? member : ".\(member)" }
        mistakes.append(Refusal(.invalid(code: code), words(param), param: param.isEmpty ? nil : param))
        if mistakes.count >= most { throw Enough() }
    }

    // MARK: What all bodies have

    private mutating func checkTotals(_ endpoint: ValidationEndpoint) throws(Enough) {
        guard settings.maxTextBytes != nil || settings.maxImages != nil,
            let node = tree.member(endpoint.textField, of: root)
        else { return }
        let (bytes, images) = (textBytes, images)
        if let most = settings.maxTextBytes, bytes > most {
            try report("string_above_max_length", at: node) {
                "'\($0)' has \(bytes) bytes of text in all; the most allowed here is \(most)."
            }
        }
        if let most = settings.maxImages, images > most {
            try report("array_above_max_length", at: node) {
                "'\($0)' has \(images) images in all; the most allowed here is \(most)."
            }
        }
    }

    private mutating func checkUser() throws(Enough) {
        guard settings.requiresUser else { return }
        for name in [FieldName.user, FieldName.safetyIdentifier] {
            if let node = tree.member(name, of: root), node.kind == .string, node.size > 0 { return }
        }
        try report("missing_required_parameter", at: root, member: "user") {
            "Missing required parameter: '\($0)'. Requests here must name their end user: a string that is not empty."
        }
    }
}

extension ValidationEndpoint {
    /// Where the text for the model stands.
    fileprivate var textField: Vocabulary {
        switch self {
        case .chat: FieldName.messages
        case .completions: FieldName.prompt
        case .embeddings, .moderations, .responses: FieldName.input
        }
    }
}
