/// A target that may answer a request.
struct Candidate {
    let destination: Destination
    /// The model's name at the provider.
    let model: String
}
