/// Who caused an error.
enum ErrorSource: String, CaseIterable, Sendable {
    case client, gateway, upstream
}
