import Testing
import Upstreams

@testable import Gateway

/// Form data, looked through for the model's name.
struct MultipartReaderTests {
    private static let disposition = #"Content-Disposition: form-data; name="model""#

    /// A body of these parts (head without its empty line, content) with the boundary `XX`.
    private static func body(_ parts: [(head: String, content: String)], end: String = "--XX--\r\n") -> [UInt8] {
        Array((parts.map { "--XX\r\n\($0.head)\r\n\r\n\($0.content)\r\n" }.joined() + end).utf8)
    }

    private static func file(_ content: String) -> (String, String) {
        (#"Content-Disposition: form-data; name="file"; filename="a.wav""# + "\r\nContent-Type: audio/wav", content)
    }

    private func read(_ body: [UInt8], cuts: [Int] = []) throws(MultipartError) -> MultipartReader {
        var reader = MultipartReader(boundary: Array("XX".utf8))
        var start = 0
        for cut in cuts + [body.count] {
            try unsafe reader.read(Array(body[start..<cut]).span.bytes)
            start = cut
        }
        return reader
    }

    @Test func `the model is found with its place, wherever the body is cut`() throws {
        let body = Self.body([
            Self.file("x\r\n--X\r\n\r-\n--\r\n"), (Self.disposition, "whisper-1"), Self.file(""), Self.file("\r\n\r\n"),
        ])
        for cut in 0...body.count {
            let reader = try read(body, cuts: [cut])
            let model = try #require(reader.model)
            #expect(model.name == "whisper-1" && reader.isComplete)
            #expect(body[model.range].elementsEqual("whisper-1".utf8))
        }
        #expect(try read(body, cuts: Array(0...body.count)).model?.name == "whisper-1")
    }

    @Test(arguments: [
        "content-disposition:form-data;name=model", "CONTENT-DISPOSITION: Form-Data; NAME=\"model\"",
        "content-type: text/plain\r\ncontent-disposition: form-data ; name=\"model\" ; filename=\"m;name=x\"",
        "content-transfer-encoding: 8bit\r\ncontent-disposition: form-data; name=\"model\";",
    ])
    func `a name is found in every form that means one thing`(head: String) throws {
        #expect(try read(Self.body([(head, "m")])).model?.name == "m")
    }

    @Test(arguments: ["name=\"file\"", "name=\"Model\"", "name=\"model[]\"", "name=\"file\"; filename=\"model\""])
    func `other names are other parts`(name: String) throws {
        let reader = try read(Self.body([("content-disposition: form-data; \(name)", "m")]))
        #expect(reader.model == nil && reader.isComplete)
    }

    @Test(arguments: [
        "", "x", "preamble\r\n--XX\r\n", "\r\n--XX\r\n", "--XX--\r\n", "--XX \r\n", "--XXY\r\n", "--XX\n",
        "--XX\r\n\r\n", "--XX\r\ncontent-disposition: form-data\r\n\r\n", "--XX\r\nno field\r\n\r\n",
        "--XX\r\ncontent-disposition: attachment; name=\"model\"\r\n\r\n",
        "--XX\r\ncontent-disposition: form-data; name=\"a\"\ncontent-disposition: form-data; name=\"model\"\r\n\r\n",
        "--XX\r\ncontent-disposition: form-data; name=\"a\"; name=\"model\"\r\n\r\n",
        "--XX\r\ncontent-disposition: form-data; name=\"a\"; name*=utf-8''model\r\n\r\n",
        "--XX\r\ncontent-disposition: form-data; name=\"mod\\el\"\r\n\r\n",
        "--XX\r\ncontent-disposition: form-data; name=\"model\r\n\r\n",
        "--XX\r\ncontent-disposition: form-data; name=\"model\"\r\ncontent-transfer-encoding: base64\r\n\r\n",
        "--XX\r\ncontent-disposition: form-data; name=\"a\"\r\r\n\r\n",
        "--XX\r\ncontent-disposition: form-data; name=\"a\"\r\n\r\nx\n--XX\r\n",
        "--XX\r\ncontent-disposition: form-data; name=\"a\"\r\n\r\nx\r\n--XXY",
        "--XX\r\ncontent-disposition: form-data; name=\"a\"\r\n\r\nx\r\n--XX--\r\nmore",
    ])
    func `what two readers could take differently is refused`(body: String) {
        for cuts in [[], Array(0...body.utf8.count)] {
            let reader = Result { () throws(MultipartError) in try read(Array(body.utf8), cuts: cuts) }
            if case .success(let reader) = reader { #expect(body.isEmpty && !reader.isComplete) }
        }
    }

    @Test func `a second model is refused, and a name that is too long or none`() {
        for contents in [["a", "b"], [""], [String(repeating: "x", count: 257)]] {
            #expect(throws: MultipartError.self) { try read(Self.body(contents.map { (Self.disposition, $0) })) }
        }
        #expect(throws: Never.self) {
            try read(Self.body([(Self.disposition, String(repeating: "x", count: 256))]))
        }
    }

    @Test func `a head is bounded`() {
        let long = "x: " + String(repeating: "y", count: MultipartReader.maxHeadBytes)
        #expect(throws: MultipartError.self) { try read(Self.body([(long, "m")])) }
    }

    @Test func `a body that is not over is not complete`() throws {
        let body = Self.body([(Self.disposition, "m")])
        for end in 0..<body.count - 2 { #expect(try !read(Array(body[..<end])).isComplete) }
        #expect(try read(Array(body[..<(body.count - 2)])).isComplete)
    }

    @Test(
        arguments: [
            ("multipart/form-data; boundary=XX", "XX"), ("Multipart/Form-Data; charset=x; BOUNDARY=\"a b:c\"", nil),
            ("multipart/form-data; boundary=\"a:c\"", "a:c"), ("multipart/form-data", nil),
            ("multipart/form-data; boundary=", nil), ("multipart/form-data; boundary=a; boundary=b", nil),
            ("multipart/form-data; boundary=\(String(repeating: "x", count: 71))", nil),
            ("multipart/form-data; boundary=\"a", nil),
            ("multipart/form-data;boundary=----WebKitFormBoundary7", "----WebKitFormBoundary7"),
        ] as [(String, String?)])
    func `the content type names the boundary`(type: String, boundary: String?) {
        #expect(MultipartBoundary.isFormData(type))
        let found = try? MultipartBoundary.find(in: type)
        #expect(found.map { String(decoding: $0, as: UTF8.self) } == boundary)
    }

    @Test(arguments: ["application/json", "multipart/mixed; boundary=x", "", "text/multipart/form-data"])
    func `other content types are no form data`(type: String) {
        #expect(!MultipartBoundary.isFormData(type))
    }
}
