import Testing
import Upstreams

@testable import Gateway

/// The byte classes against their definition, for every byte.
struct HTTPSyntaxTests {
    private static let alphanumeric = Set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    @Test func `tokens, host names and targets are made of the bytes of the RFCs`() {
        let token = Self.alphanumeric.union("!#$%&'*+-.^_`|~".utf8)
        let host = Self.alphanumeric.union("-._~!$&'()*+,;=%".utf8)
        for byte in UInt8.min...UInt8.max {
            #expect(HTTPSyntax.isToken(byte) == token.contains(byte))
            #expect(HTTPSyntax.isRegisteredName(byte) == host.contains(byte))
            #expect(HTTPSyntax.isTarget(byte) == ((0x21...0x7E).contains(byte) && byte != UInt8(ascii: "#")))
        }
    }

    @Test func `hexadecimal digits have their value`() {
        for byte in UInt8.min...UInt8.max {
            let character = Character(Unicode.Scalar(byte))
            let value = character.isASCII ? character.hexDigitValue.map { UInt8($0) } : nil
            #expect(HTTPSyntax.hexadecimalValue(byte) == value)
        }
    }

    @Test func `a control character is found wherever it stands`() {
        for length in 0..<20 {
            for place in 0..<length {
                for byte in UInt8.min...UInt8.max {
                    var text = [UInt8](repeating: 0x80 | byte, count: length)
                    text[place] = byte
                    let isControl = (byte < 0x20 && byte != 9) || byte == 0x7F
                    let found = unsafe text.span.bytes.containsControl(in: 0..<length)
                    #expect(found == isControl)
                }
            }
        }
    }
}
