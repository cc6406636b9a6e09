/// The numbers of payment cards.
package enum CardNumber {
    /// The check of ISO/IEC 7812-1 annex B over digits from 0 to 9, the last of which is the check digit.
    package static func passesLuhn(_ digits: [UInt8]) -> Bool {
        guard digits.count > 1 else { return false }
        var sum = 0
        for (place, digit) in digits.reversed().enumerated() {
            let value = Int(digit) << (place & 1)
            sum += value > 9 ? value - 9 : value
        }
        return sum % 10 == 0
    }

    /// Whether the digits in `text`, blanks and hyphens aside, are the number of a card: the first digits and the
    /// length are those of a large issuer, and the check digit is right.
    package static func isCard(_ text: RawSpan) -> Bool {
        var digits: [UInt8] = []
        digits.reserveCapacity(19)
        for offset in text.byteOffsets {
            let byte = text.byte(offset)
            if (0x30...0x39).contains(byte) { digits.append(byte - 0x30) }
        }
        return digits.count > 12 && hasIssuer(digits) && passesLuhn(digits)
    }

    private static func hasIssuer(_ digits: [UInt8]) -> Bool {
        let prefix = digits[..<6].reduce(0) { $0 * 10 + Int($1) }
        return switch prefix {
        case 400_000...499_999: [13, 16, 19].contains(digits.count)
        case 340_000...349_999, 370_000...379_999: digits.count == 15
        case 510_000...559_999, 222_100...272_099: digits.count == 16
        case 300_000...305_999, 360_000...369_999, 380_000...399_999: (14...19).contains(digits.count)
        case 601_100...601_199, 644_000...659_999, 620_000...629_999, 352_800...358_999:
            (16...19).contains(digits.count)
        case 500_000...509_999, 560_000...589_999, 630_000...639_999, 670_000...679_999:
            (13...19).contains(digits.count)
        default: false
        }
    }
}
