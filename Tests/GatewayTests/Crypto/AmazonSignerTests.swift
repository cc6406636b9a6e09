import Testing
import Upstreams

@testable import Gateway

/// Signature Version 4. What is expected was made by Amazon's own Python library, botocore 1.44.5, for the same calls.
struct AmazonSignerTests {
    private static func signer(
        token: String? = nil, region: String = "eu-central-1", service: String = "bedrock",
        host: String = "bedrock-runtime.eu-central-1.amazonaws.com"
    ) -> AmazonSigner {
        AmazonSigner(
            keyID: "AKIDEXAMPLE", secret: Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
            sessionToken: token.map { Secret($0) }, region: region, service: service, host: host)
    }

    private static let token = "FwoGZXIvYXdzEXAMPLE//token=="

    @Test(arguments: [
        (
            "anthropic.claude-sonnet-4-5-20250929-v1:0", "converse-stream",
            "4d23b21436b78711339bb57de22720f0f57bd4dbf67bf64edac777b75c277152",
            "b6b55d4d5a44ad259e9836e274cebfb75c33ed8de18b7e668b4c013b03904a50"
        ),
        (
            "arn:aws:bedrock:eu-central-1:123456789012:inference-profile/eu.meta.llama3-2-1b-instruct-v1:0", "converse",
            "2a2e81f8e66e5d6441dcc1e95bb5335a3fa47b03854985d8cca012f155cf6f58",
            "327c0caec31a3107613bea479f39312dc2e636fc2444718e5034d192238edc90"
        ),
        (
            "a~b c+d", "converse", "081c3e251f8044beefb7a39b088f0240d3d940ec2da990e25b032d01cc47d5cd",
            "0fdb769945706824eedc258ca38b8eb3e43a874f121190b8499435451ceb46f1"
        ),
    ])
    func `a call of Converse is signed as Amazon's library signs it`(
        model: String, operation: String, signature: String, withToken: String
    ) {
        let body = Array(#"{"messages": [{"role": "user", "content": [{"text": "Grüße"}]}]}"#.utf8)
        let path = "/model/\(model.pathSegment)/\(operation)"
        let scope = "Credential=AKIDEXAMPLE/20250630/eu-central-1/bedrock/aws4_request"
        let fields = unsafe Self.signer().fields(path: path, body: body.span.bytes, now: 1_751_282_553)
        #expect(
            fields == [
                HTTPField("x-amz-date", "20250630T112233Z"),
                HTTPField(
                    "authorization",
                    "AWS4-HMAC-SHA256 \(scope), SignedHeaders=host;x-amz-date, Signature=\(signature)"),
            ])
        let lent = unsafe Self.signer(token: Self.token).fields(path: path, body: body.span.bytes, now: 1_751_282_553)
        #expect(
            lent == [
                HTTPField("x-amz-date", "20250630T112233Z"), HTTPField("x-amz-security-token", Self.token),
                HTTPField(
                    "authorization",
                    "AWS4-HMAC-SHA256 \(scope), SignedHeaders=host;x-amz-date;x-amz-security-token, "
                        + "Signature=\(withToken)"),
            ])
    }

    @Test func `an empty call is signed as Amazon's library signs it`() {
        let signer = Self.signer(region: "us-east-1", service: "service", host: "example.amazonaws.com")
        let fields = unsafe signer.fields(path: "/", body: [UInt8]().span.bytes, now: 1_440_938_160)
        #expect(
            fields.last?.value.hasSuffix("5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b") == true)
    }
}
