import Testing

@testable import Gateway

@Suite struct TLSServerNamesTests {
    private func names() -> ServerNames {
        var names = ServerNames()
        names.add(["example.test", "*.example.test", "127.0.0.1"], index: 0)
        names.add(["other.test", "example.test", "deep.example.test"], index: 1)
        return names
    }

    @Test(arguments: [
        ("example.test", 0), ("EXAMPLE.Test", 0), ("a.example.test", 0), ("deep.example.test", 1), ("other.test", 1),
        ("127.0.0.1", 0), ("a.b.example.test", nil), (".example.test", nil), ("a.other.test", nil), ("test", nil),
        ("", nil), ("*.example.test", 0),
    ])
    func exactNamesComeBeforeWildcardsAndEarlierCertificatesBeforeLater(name: String, index: Int?) {
        #expect(names().index(of: name) == index)
    }
}
