import Upstreams

/// One number or text of an explanation, by its name in JSON.
struct ExplainedFact {
    enum Value {
        case integer(Int)
        case number(Double)
        case text(String)
    }

    let name: StaticString
    let value: Value

    init(_ name: StaticString, _ number: Int) {
        self.name = name
        value = .integer(number)
    }

    init(_ name: StaticString, _ number: Double) {
        self.name = name
        value = .number(number)
    }

    init(_ name: StaticString, _ text: String) {
        self.name = name
        value = .text(text)
    }

    func write(to writer: inout JSONWriter) {
        switch value {
        case .integer(let number): writer.member(name, number)
        case .number(let number): writer.member(name, number)
        case .text(let text): writer.member(name, text)
        }
    }

    /// For people: `retry after ms 200`.
    var words: String {
        let name = String(name.description.map { $0 == "_" ? " " : $0 })
        return switch value {
        case .integer(let number): "\(name) \(number)"
        case .number(let number): "\(name) \(number)"
        case .text(let text): "\(name) \(text.quoted)"
        }
    }
}
