import Upstreams

extension APIError {
    init(_ fault: JWTFault) {
        self.init(.unauthorized, code: "invalid_api_key", fault.message)
    }

    static let missingToken = APIError(
        .unauthorized, code: "invalid_api_key",
        "You didn't provide a token. Send a JSON Web Token as 'Authorization: Bearer YOUR_TOKEN'.")

    static let missingCertificate = APIError(
        .unauthorized, code: "invalid_api_key",
        "No client certificate was shown that is known here. Connect with yours.")

    static let expiredCertificate = APIError(
        .unauthorized, code: "invalid_api_key", "The client certificate has expired.")
}
