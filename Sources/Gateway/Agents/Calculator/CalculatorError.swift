/// Why an expression has no value.
struct CalculatorError: Error, Equatable {
    /// What is wrong, in words for a model and for a person.
    let reason: String
    /// Where, in characters from 1.
    let position: Int

    var message: String { "\(reason) (at character \(position))" }
}
