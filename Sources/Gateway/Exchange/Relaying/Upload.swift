import Upstreams

/// The body of a relayed request: whole, or as it comes from the client.
///
/// Of one that comes by and by the first 64 KiB are waited for: with them the model may be found, and a body that ends
/// within them is as good as a whole one, which can be sent again. The rest goes through a pipe, and is not kept.
/// States: gathering → ready → piped, once a provider takes it; or whole.
final class Upload {
    /// Bytes that are waited for.
    static let prefixBytes = 64 * 1024

    /// As the client named it; nil: it did not.
    let contentType: String?
    /// Of a body that came whole and has been read as JSON.
    private let document: JSONDocument?
    /// What is wrong with the body.
    private(set) var failure: APIError?
    private var prefix = ByteBuffer()
    private var pipe: BodyPipe?
    private var reader: MultipartReader?
    private let boundary: [UInt8]
    /// Of the whole body, as the client says; nil: it does not.
    private let declaredLength: Int?
    private var isOver = false
    /// The body goes to a provider as one that names no model.
    private var isModelAssumed = false
    /// Called when there is room for more.
    var didTake: (() -> Void)?

    /// A body that is there.
    init(whole body: consuming ByteBuffer, _ document: JSONDocument? = nil, contentType: String?) {
        self.document = document
        self.contentType = contentType
        prefix = body
        declaredLength = nil
        boundary = []
        isOver = true
    }

    /// A body that is to come. `isFormData`: the model is looked for in it.
    init(_ framing: BodyFraming, contentType: String?, isFormData: Bool) {
        document = nil
        self.contentType = contentType
        if case .length(let length) = framing { declaredLength = length } else { declaredLength = nil }
        guard isFormData else {
            boundary = []
            return
        }
        var found: [UInt8] = []
        do throws(MultipartError) {
            found = try MultipartBoundary.find(in: contentType ?? "")
            reader = MultipartReader(boundary: found)
        } catch {
            failure = .malformedForm(error)
        }
        boundary = found
    }

    // MARK: From the client

    func receive(_ bytes: RawSpan) {
        guard failure == nil, !isOver else { return }
        do throws(MultipartError) {
            try reader?.read(bytes)
        } catch {
            return fail(.malformedForm(error))
        }
        if isModelAssumed, reader?.model != nil { return fail(.lateModel) }
        pipe?.write(bytes)
        if maySendAgain { prefix.append(bytes) }
    }

    /// The body is over.
    func end() {
        guard failure == nil, !isOver else { return }
        if let reader, !reader.isComplete {
            return fail(.malformedForm(MultipartError(message: "it ends before its last delimiter")))
        }
        isOver = true
        pipe?.finish()
    }

    private func fail(_ error: APIError) {
        failure = error
        close()
    }

    /// Whether more is taken now.
    var wantsMore: Bool {
        guard !isOver, failure == nil else { return false }
        guard let pipe, pipe.hasStarted else { return pipe == nil && prefix.count < Self.prefixBytes }
        return !pipe.isFull
    }

    /// Whether enough has come to ask a provider.
    var isReady: Bool { isOver || failure != nil || prefix.count >= Self.prefixBytes }

    /// Whether all has come.
    var isComplete: Bool { isOver }

    // MARK: To a provider

    /// The model that form data name, as far as they have come.
    var model: String? { reader?.model?.name }

    /// A body that came whole, as JSON.
    func json(_ parser: JSONParser) throws(APIError) -> JSONDocument {
        if let document { return document }
        return try parser.document(prefix)
    }

    /// Whether it can be sent to another provider, or again.
    var maySendAgain: Bool { pipe?.hasStarted != true }

    /// The body for one call. `model`: the name that form data get; nil: they have none to get.
    func body(model: String?, reactor: any Reactor) -> RelayBody {
        var start = ByteBuffer()
        writePrefix(model: model, to: &start)
        if isOver, pipe == nil { return RelayBody(start) }
        let change = start.count - prefix.count
        let fresh = BodyPipe(length: declaredLength.map { $0 + change }, reactor: reactor)
        fresh.didTake = { [weak self] in self?.pipeDidTake() }
        start.withBytes { fresh.write($0) }
        if isOver { fresh.finish() }
        pipe = fresh
        return RelayBody(fresh)
    }

    private func writePrefix(model: String?, to output: inout ByteBuffer) {
        prefix.withBytes { bytes in
            guard let model, let reader else { return output.append(bytes) }
            guard let found = reader.model else {
                isModelAssumed = true
                output.append("--")
                output.append(boundary)
                output.append("\r\ncontent-disposition: form-data; name=\"model\"\r\n\r\n")
                output.append(model)
                output.append("\r\n")
                return output.append(bytes)
            }
            output.append(bytes.extracting(0..<found.range.lowerBound))
            output.append(model)
            output.append(bytes.extracting(found.range.upperBound..<bytes.byteCount))
        }
    }

    private func pipeDidTake() {
        prefix = ByteBuffer()
        didTake?()
    }

    /// Nobody takes the body any more.
    func close() {
        didTake = nil
        pipe?.didTake = nil
    }
}
