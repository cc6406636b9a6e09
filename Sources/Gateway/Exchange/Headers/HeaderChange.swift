import Policies
import Upstreams

/// One `headers` policy at work on one request.
struct HeaderChange {
    private let settings: HeadersPolicyConfiguration
    private let values: PlaceholderValues

    init(_ settings: HeadersPolicyConfiguration, _ values: PlaceholderValues) {
        self.settings = settings
        self.values = values
    }

    /// The fields that go to the provider, made of those that would without the policy. `head`: the client's.
    func requestFields(_ fields: [HTTPField], head: RequestHead) -> [HTTPField] {
        var result = fields
        for name in settings.forward where !fields.contains(where: { $0.name == name }) {
            result += ForwardedFields.select(name, head)
        }
        let new = set(settings.request)
        let replaced = settings.request.remove + settings.request.set.map(\.name)
        result.removeAll { replaced.contains($0.name) }
        return result + new
    }

    /// Adds what is to be said to the client.
    func addAnswerFields(to answer: inout AnswerFields) {
        answer.add(relay: settings.relay, withhold: settings.answer.remove, set: set(settings.answer))
    }

    /// An empty value is no field.
    private func set(_ edits: HeaderEditsConfiguration) -> [HTTPField] {
        edits.set.compactMap { setting in
            let value = setting.value.fieldValue(values)
            return value.isEmpty ? nil : HTTPField(setting.name, value)
        }
    }
}
