/// What a value of a request must be, apart from rules that tie it to other values.
enum Shape: Sendable {
    case anything
    case flag
    /// With a limit of the settings the smaller maximum counts.
    case integer(ClosedRange<Int>, ValidationLimit? = nil)
    case number(ClosedRange<Double>)
    case text(TextRule)
    /// The address of an image, which counts as one.
    case image
    /// A string that is one of the words.
    case choice(Vocabulary)
    indirect case array(of: Shape, count: ClosedRange<Int>, ValidationLimit? = nil)
    /// An object with free keys.
    indirect case map(MapRule)
    case object(ObjectShape)
    case variant(VariantShape)
    /// The first of both that takes values of this kind.
    indirect case either(Shape, Shape)
    /// A text, several texts, the tokens of one text, or those of several.
    case prompts(count: ClosedRange<Int>)
    /// A JSON Schema for objects. Its mistakes have this code.
    case schema(code: String)

    static func integer(atLeast minimum: Int, _ limit: ValidationLimit? = nil) -> Shape {
        .integer(minimum...Int.max, limit)
    }

    /// Any string.
    static let string = Shape.text(TextRule())
    /// A string that the model reads.
    static let prompt = Shape.text(TextRule(isPrompt: true))
    /// A string that is not empty.
    static let identifier = Shape.text(TextRule(length: 1...Int.max))

    func takes(_ kind: JSONKind) -> Bool {
        switch self {
        case .anything: true
        case .flag: kind == .bool
        case .integer: kind == .integer
        case .number: kind == .number || kind == .integer
        case .text, .image, .choice: kind == .string
        case .array: kind == .array
        case .map, .object, .variant, .schema: kind == .object
        case .either(let first, let second): first.takes(kind) || second.takes(kind)
        case .prompts: kind == .string || kind == .array
        }
    }

    /// What an error says was expected.
    var noun: String {
        switch self {
        case .anything: "a value"
        case .flag: "a boolean"
        case .integer: "an integer"
        case .number: "a number"
        case .text, .image: "a string"
        case .choice(let words): words.words.count == 1 ? words.list : "one of \(words.list)"
        case .array: "an array"
        case .map, .object, .variant: "an object"
        case .either(let first, let second): "\(first.noun) or \(second.noun)"
        case .prompts: "a string or an array"
        case .schema: "an object that is a JSON Schema"
        }
    }
}
