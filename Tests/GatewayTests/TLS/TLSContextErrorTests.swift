import Testing

@testable import Gateway

@Suite struct TLSContextErrorTests {
    private let folder: TLSTestFolder
    private let good: TLSSettings.CertificateFiles

    init() throws {
        folder = try TLSTestFolder()
        good = try TLSTestIdentity("good").write(to: folder)
    }

    private func error(
        _ certificateFile: String, _ keyFile: String, _ clients: TLSSettings.ClientCertificates = .ignored
    ) -> TLSError? {
        let files = TLSSettings.CertificateFiles(certificateFile: certificateFile, keyFile: keyFile)
        return #expect(throws: TLSError.self) {
            try TLSContext(
                TLSSettings(certificates: [good, files], clientCertificates: clients), ticketKeys: TicketKeys())
        }
    }

    @Test func missingFilesAreNamedWithTheSystemsReason() throws {
        let (missing, reason) = (folder.file("missing"), "No such file or directory")
        #expect(error(missing, good.keyFile) == .unreadable(file: missing, reason: reason))
        #expect(error(good.certificateFile, missing) == .unreadable(file: missing, reason: reason))
        #expect(
            error(good.certificateFile, good.keyFile, .optional(authorityFile: missing))
                == .unreadable(file: missing, reason: reason))
        #expect(error(missing, good.keyFile)?.description == "\(missing): cannot be read: \(reason)")
    }

    @Test func aFolderIsNotAFile() throws {
        let reason = "Is a directory"
        #expect(error(folder.path, good.keyFile) == .unreadable(file: folder.path, reason: reason))
        #expect(error(good.certificateFile, folder.path) == .unreadable(file: folder.path, reason: reason))
    }

    @Test func filesWithoutPEMAreNamedWithOpenSSLsReason() throws {
        let text = try folder.write("not PEM\n", to: "text")
        #expect(error(text, good.keyFile) == .invalidCertificate(file: text, reason: "no start line"))
        #expect(error(good.keyFile, good.keyFile) == .invalidCertificate(file: good.keyFile, reason: "no start line"))
        guard case .invalidKey(text, _) = error(good.certificateFile, text) else {
            Issue.record("the key file is not blamed")
            return
        }
        guard
            case .invalidAuthorities(text, _) = error(
                good.certificateFile, good.keyFile, .required(authorityFile: text))
        else {
            Issue.record("the authority file is not blamed")
            return
        }
    }

    @Test func aKeyOfAnotherCertificateDoesNotMatch() throws {
        let other = try TLSTestIdentity("other").write(to: folder)
        #expect(
            error(good.certificateFile, other.keyFile)
                == .keyDoesNotMatch(certificateFile: good.certificateFile, keyFile: other.keyFile))
    }

    @Test func anEncryptedKeyIsAnErrorAndNotAPrompt() throws {
        let sealed = try folder.write(try TLSTestIdentity("sealed").encryptedKeyText, to: "sealed.key")
        // Another reason would mean that OpenSSL looked for a terminal.
        let reason = "interrupted or cancelled"
        #expect(error(good.certificateFile, sealed) == .invalidKey(file: sealed, reason: reason))
    }

    @Test func noCertificateAtAllIsAnError() {
        #expect(throws: TLSError.noCertificates) {
            try TLSContext(TLSSettings(certificates: []), ticketKeys: TicketKeys())
        }
    }

    @Test(arguments: ["", String(repeating: "x", count: 256)])
    func protocolNamesOfImpossibleLengthAreErrors(name: String) {
        #expect(throws: TLSError.invalidApplicationProtocol(name)) {
            try TLSContext(
                TLSSettings(certificates: [good], applicationProtocols: ["http/1.1", name]), ticketKeys: TicketKeys())
        }
    }

    @Test func anExpiredCertificateIsAWarningThatNamesTheFile() throws {
        let expired = try TLSTestIdentity("expired", validity: -9 ..< -3).write(to: folder)
        let early = try TLSTestIdentity("early", validity: 3..<9).write(to: folder)
        let context = try TLSContext(TLSSettings(certificates: [expired, good, early]), ticketKeys: TicketKeys())
        #expect(context.warnings.count == 2)
        #expect(context.warnings.first?.hasPrefix("\(expired.certificateFile): expired at ") == true)
        #expect(context.warnings.last?.hasPrefix("\(early.certificateFile): not valid before ") == true)
        try TLSTestLink(context).connect()
    }
}
