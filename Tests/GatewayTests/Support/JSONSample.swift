import Foundation

/// JSON that is compared by its meaning: the order of members and the spelling of numbers do not matter.
struct JSONSample: Equatable, CustomStringConvertible {
    private let value: NSObject

    init(_ text: String) throws {
        let value = try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
        guard let value = value as? NSObject else { throw CocoaError(.coderReadCorrupt) }
        self.value = value
    }

    var description: String { value.description }
}
