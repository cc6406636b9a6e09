/// An error in OpenAI's words: what clients are told of errors that a provider puts differently.
struct OpenAIError {
    var message: String
    var type: String
    var param: String?
    var code: String?

    /// `{"error":{…}}`
    func json() -> [UInt8] {
        var body = ByteBuffer()
        body.appendJSON {
            $0.object {
                $0.object("error") {
                    $0.member("message", message)
                    $0.member("type", type)
                    $0.member("param", param)
                    $0.member("code", code)
                }
            }
        }
        return body.copy()
    }
}

extension UpstreamError.Answer {
    /// `lines`: header lines of the provider that go with it, each ended by CR LF.
    init(status: Int, lines: [UInt8] = [], _ error: OpenAIError) {
        self.init(head: AnswerHead(status: status, lines: lines), body: error.json())
    }
}
