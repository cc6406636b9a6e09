import COpenSSL
import Glibc
import Testing

@testable import Gateway

@Suite struct TLSSelfSignedCertificateTests {
    private let folder: TLSTestFolder
    private let files: TLSSettings.CertificateFiles

    init() throws {
        folder = try TLSTestFolder()
        files = TLSSettings.CertificateFiles(
            certificateFile: folder.file("new/certs/server.pem"), keyFile: folder.file("new/certs/server.key"))
    }

    private func ensure(_ names: [String] = ["localhost", "127.0.0.1"]) throws(TLSError) {
        try SelfSignedCertificate.ensure(
            names: names, certificateFile: files.certificateFile, keyFile: files.keyFile)
    }

    /// The certificate as OpenSSL reads it back.
    @unsafe
    private func read() throws -> OpaquePointer {
        let bio = unsafe try #require(unsafe BIO_new_file(files.certificateFile, "r"))
        defer { unsafe BIO_free(bio) }
        return unsafe try #require(unsafe PEM_read_bio_X509(bio, nil, nil, nil))
    }

    private func certificate() throws -> Certificate { unsafe try Certificate(owning: read()) }

    @Test func itIsMadeWithItsFoldersAndServesClients() throws {
        var settings = TLSSettings(certificates: [files], selfSignedFor: ["localhost", "127.0.0.1"])
        try settings.ensureSelfSignedCertificate()
        try TLSTestLink(TLSContext(settings, ticketKeys: TicketKeys())).connect()
        settings.certificates = []
        try settings.ensureSelfSignedCertificate()
    }

    @Test func itIsNotMadeUnlessAskedFor() throws {
        try TLSSettings(certificates: [files]).ensureSelfSignedCertificate()
        #expect(try folder.names().isEmpty)
    }

    @Test func itIsKeptOnceMade() throws {
        try ensure()
        let (certificate, key) = (
            try folder.contents("new/certs/server.pem"), try folder.contents("new/certs/server.key")
        )
        try ensure(["elsewhere.test"])
        #expect(try folder.contents("new/certs/server.pem") == certificate)
        #expect(try folder.contents("new/certs/server.key") == key)
    }

    @Test func onlyItsOwnerMayReadTheKeyAndNothingElseIsLeft() throws {
        try ensure()
        #expect(try folder.permissions("new/certs/server.key") == 0o600)
        #expect(try folder.names(in: "new/certs") == ["server.key", "server.pem"])
    }

    @Test func itNamesAllNamesAndAddresses() throws {
        try ensure(["localhost", "*.Example.test", "127.0.0.1", "::1"])
        let names = try certificate().names
        #expect(names == ["localhost", "*.example.test", "127.0.0.1", "::1"])
    }

    @Test func itIsAServersCertificateFor825Days() throws {
        try ensure()
        let certificate = unsafe try read()
        defer { unsafe X509_free(certificate) }
        var (days, seconds): (Int32, Int32) = (0, 0)
        let (start, end) = unsafe (X509_get0_notBefore(certificate), X509_get0_notAfter(certificate))
        unsafe ASN1_TIME_diff(&days, &seconds, start, end)
        // The last second counts too (RFC 5280 section 4.1.2.5).
        #expect((days, seconds) == (824, 86_399))
        #expect(unsafe X509_cmp_current_time(start) < 0)
        #expect(unsafe X509_check_ca(certificate) == 0)
        #expect(unsafe X509_check_purpose(certificate, X509_PURPOSE_SSL_SERVER, 0) == 1)
        #expect(unsafe X509_check_purpose(certificate, X509_PURPOSE_SSL_CLIENT, 0) == 0)
        #expect(unsafe X509_check_host(certificate, "localhost", 9, 0, nil) == 1)
        #expect(unsafe X509_check_ip_asc(certificate, "127.0.0.1", 0) == 1)
    }

    @Test func serialNumbersDiffer() throws {
        try ensure()
        let first = try certificate().fingerprint
        unsafe unlink(files.certificateFile)
        unsafe unlink(files.keyFile)
        try ensure()
        let second = try certificate().fingerprint
        #expect(second != first)
    }

    @Test func halfAPairIsAnErrorThatNamesBothFiles() throws {
        try ensure()
        let certificate = try folder.contents("new/certs/server.pem")
        unsafe unlink(files.certificateFile)
        #expect(throws: TLSError.incompletePair(present: files.keyFile, missing: files.certificateFile)) {
            try ensure()
        }
        _ = try folder.write(certificate, to: "new/certs/server.pem")
        unsafe unlink(files.keyFile)
        #expect(throws: TLSError.incompletePair(present: files.certificateFile, missing: files.keyFile)) {
            try ensure()
        }
    }

    @Test(arguments: ["", "a,DNS:evil.test", "a:b", "a..b", "exa mple", ".test", "*.", "*"])
    func impossibleNamesAreRefused(name: String) throws {
        #expect(throws: TLSError.invalidName(name)) { try ensure(["localhost", name]) }
    }

    @Test func aFolderThatCannotBeMadeIsNamed() throws {
        let blocker = try folder.write("", to: "new")
        #expect(throws: TLSError.unwritable(file: "\(blocker)/certs", reason: "Not a directory")) { try ensure() }
    }
}
