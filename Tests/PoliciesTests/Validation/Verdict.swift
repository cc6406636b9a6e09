@testable import Policies

/// What the validator says of a body, in one short text: `ok`, or the code and the parameter of the first mistake.
enum Verdict {
    static func of(
        _ json: String, _ endpoint: ValidationEndpoint = .chat, _ settings: ValidationSettings = ValidationSettings()
    ) -> String {
        do {
            try RequestValidator(settings).validate(TestTree(json), endpoint: endpoint)
            return "ok"
        } catch {
            return text(error)
        }
    }

    static func all(
        _ json: String, _ endpoint: ValidationEndpoint = .chat, _ settings: ValidationSettings = ValidationSettings()
    ) -> [String] {
        RequestValidator(settings).mistakes(TestTree(json), endpoint: endpoint).map(text)
    }

    static func text(_ refusal: Refusal) -> String {
        guard case .invalid(let code) = refusal.kind else { return "\(refusal.kind)" }
        return refusal.param.map { "\(code) \($0)" } ?? code
    }

    /// A chat with these further members.
    static func chat(_ members: String) -> String {
        #"{"model": "m", "messages": [{"role": "user", "content": "hi"}]"# + (members.isEmpty ? "" : ", \(members)")
            + "}"
    }

    static func messages(_ list: String) -> String { #"{"model": "m", "messages": [\#(list)]}"# }

    /// Settings with some of them changed.
    static func settings(_ change: (inout ValidationSettings) -> Void) -> ValidationSettings {
        var settings = ValidationSettings()
        change(&settings)
        return settings
    }
}
