/// What is wrong with a body of form data, in words for its sender.
struct MultipartError: Error, Equatable {
    let message: String
}
