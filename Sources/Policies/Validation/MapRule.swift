/// What an object with free keys must be.
struct MapRule: Sendable {
    var value: Shape
    var maxCount = Int.max
    var key = TextRule()
}
