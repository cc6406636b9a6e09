import Testing
import Upstreams

@testable import Gateway

/// Errors as the API page gives them.
struct APIErrorTests {
    private func body(_ error: APIError) -> String { ByteBuffer.text { error.write(to: &$0) } }

    @Test func `all four fields are there, null where there is nothing`() {
        #expect(
            body(.unknownModel("x\"y"))
                == #"{"error":{"message":"The model 'x\"y' does not exist or you do not have access to it.","#
                + #""type":"invalid_request_error","param":"model","code":"model_not_found"}}"#)
        #expect(
            body(APIError(.forbidden, type: "permission_error", "No."))
                == #"{"error":{"message":"No.","type":"permission_error","param":null,"code":null}}"#)
    }

    @Test(arguments: [
        (APIError.invalid("x"), 400, "invalid_request_error", "invalid_value"),
        (.missingKey, 401, "invalid_request_error", "invalid_api_key"),
        (.wrongKey("sk-aaaaaaaa"), 401, "invalid_request_error", "invalid_api_key"),
        (.expiredKey, 401, "invalid_request_error", "invalid_api_key"),
        (.unknownModel("m"), 404, "invalid_request_error", "model_not_found"),
        (.bodyTooLarge(limit: 5), 413, "invalid_request_error", "request_too_large"),
        (.bodyTimeout(milliseconds: 5), 408, "timeout_error", "request_timeout"),
        (.shuttingDown, 503, "service_unavailable_error", "server_is_overloaded"),
    ])
    func `kinds have the page's status, type and code`(error: APIError, status: Int, type: String, code: String) {
        #expect(error.status.code == status)
        #expect(error.type == type)
        #expect(error.code == code)
    }

    @Test(arguments: [
        (UpstreamError.Cause.connect, 502, "upstream_error", "upstream_connect"),
        (.connectTimeout, 504, "timeout_error", "upstream_connect_timeout"),
        (.tls, 502, "upstream_error", "upstream_tls"),
        (.firstEventTimeout, 504, "timeout_error", "upstream_first_event_timeout"),
        (.idleTimeout, 504, "timeout_error", "upstream_idle_timeout"),
        (.totalTimeout, 504, "timeout_error", "upstream_total_timeout"),
        (.truncated, 502, "upstream_error", "upstream_truncated"),
        (.malformed, 502, "upstream_error", "upstream_malformed"),
        (.oversized, 502, "upstream_error", "upstream_oversized"),
        (.inBand, 502, "upstream_error", "upstream_in_band"),
        (.authentication, 502, "upstream_error", "upstream_authentication_failed"),
        (.overloaded, 503, "service_unavailable_error", "server_is_overloaded"),
        (.unavailable, 503, "service_unavailable_error", "server_is_overloaded"),
    ])
    func `a provider's failure has a stable code and is the upstream's`(
        cause: UpstreamError.Cause, status: Int, type: String, code: String
    ) {
        let error = APIError(UpstreamError(cause, "Why."))
        #expect(error.status.code == status)
        #expect(error.type == type)
        #expect(error.code == code)
        #expect(error.source == .upstream)
        #expect(error.message == "Why.")
    }

    @Test func `a provider's status is kept`() {
        let answer = UpstreamError.Answer(head: AnswerHead(status: 429, lines: []), body: [])
        #expect(APIError(UpstreamError(.status, "x", answer: answer)).status.code == 429)
    }

    @Test func `long names are not given back whole`() {
        let long = String(repeating: "m", count: 100_000)
        #expect(APIError.unknownModel(long).message.utf8.count < 400)
        #expect(APIError.unknownPath("GET", "/" + long).message.utf8.count < 400)
    }
}
