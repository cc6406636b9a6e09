/// An error in the words of OpenAI's API, in which all clients are told of errors that providers put differently, and of
/// the gateway's own.
package struct OpenAIError {
    var message: String
    var type: String
    var param: String?
    var code: String?

    package init(message: String, type: String, param: String? = nil, code: String? = nil) {
        self.message = message
        self.type = type
        self.param = param
        self.code = code
    }

    /// The members of the error object.
    package func write(to error: inout JSONWriter) {
        error.member("message", message)
        error.member("type", type)
        error.member("param", param)
        error.member("code", code)
    }

    /// `{"error":{…}}`
    package func write(to buffer: inout ByteBuffer) {
        buffer.appendJSON { $0.object { $0.object("error") { write(to: &$0) } } }
    }

    func json() -> [UInt8] {
        var body = ByteBuffer()
        write(to: &body)
        return body.copy()
    }
}

extension UpstreamError.Answer {
    /// `lines`: header lines of the provider that go with it, each ended by CR LF.
    init(status: Int, lines: [UInt8] = [], _ error: OpenAIError) {
        self.init(head: AnswerHead(status: status, lines: lines), body: error.json())
    }
}
