extension Int {
    /// The sum, at most `Int.max`: numbers that a provider has a hand in must not end the process.
    func addingWithinBounds(_ other: Int) -> Int {
        let (sum, isOver) = addingReportingOverflow(other)
        return isOver ? .max : sum
    }
}
