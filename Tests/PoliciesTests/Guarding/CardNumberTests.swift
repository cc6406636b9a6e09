import Testing

@testable import Policies

@Suite("Card numbers")
struct CardNumberTests {
    @Test(
        "Published test numbers of issuers are cards, however they are grouped",
        arguments: [
            "4111111111111111", "4111 1111 1111 1111", "4012-8888-8888-1881", "4222222222222", "5555555555554444",
            "2223003122003222", "378282246310005", "3782 822463 10005", "6011111111111117", "30569309025904",
            "3530111333300000", "6200000000000005",
        ])
    func cards(_ text: String) {
        #expect(isCard(text))
    }

    @Test(
        "Other numbers are none: wrong check digit, length or issuer",
        arguments: [
            "4111111111111112", "4111 1111 1111 1121", "411111111111111", "1234567812345670", "0000000000000000",
            "37828224631000", "", "4", "20240101120000", "9781402894626",
        ])
    func others(_ text: String) {
        #expect(!isCard(text))
    }

    @Test("One wrong digit and any swap of two neighbours but 0 and 9 fails the check")
    func luhn() {
        let number: [UInt8] = [7, 9, 9, 2, 7, 3, 9, 8, 7, 1, 3]
        #expect(CardNumber.passesLuhn(number))
        for place in number.indices {
            for other in UInt8(0)...9 where other != number[place] {
                var wrong = number
                wrong[place] = other
                #expect(!CardNumber.passesLuhn(wrong))
            }
        }
        for place in number.indices.dropLast() where number[place] != number[place + 1] {
            var wrong = number
            wrong.swapAt(place, place + 1)
            #expect(!CardNumber.passesLuhn(wrong))
        }
        #expect(!CardNumber.passesLuhn([0]))
    }

    private func isCard(_ text: String) -> Bool { unsafe CardNumber.isCard(Array(text.utf8).span.bytes) }
}
