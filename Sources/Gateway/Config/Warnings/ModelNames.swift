import Policies

/// The names by which clients can ask for the models of a configuration: the models' own, their aliases, and those for
/// which a key's `model_map` puts another.
struct ModelNames {
    private let models: [ModelConfiguration]
    private let mapped: [(asked: Glob, model: String)]

    init(_ configuration: Configuration) {
        models = configuration.models
        mapped = configuration.keys.flatMap { key in key.modelMap.map { (Glob($0.name), $0.value) } }
    }

    /// Names and aliases, in the order of the file.
    var all: [String] { models.flatMap { [$0.name] + $0.aliases } }

    /// Whether clients can ask for something that the pattern fits.
    func has(_ pattern: String) -> Bool {
        let pattern = Glob(pattern)
        return all.contains { pattern.overlaps(Glob($0)) } || mapped.contains { pattern.overlaps($0.asked) }
    }

    /// The model that a name leads to; nil: none.
    func model(_ name: String) -> ModelConfiguration? {
        models.first { $0.name == name || $0.aliases.contains(name) } ?? models.first { Glob($0.name).matches(name) }
    }

    /// Models that a request may get when it asks for a name that one of the patterns fits.
    func models(fitting patterns: [Glob]) -> [ModelConfiguration] {
        patterns.flatMap { pattern in
            models.filter { ([$0.name] + $0.aliases).contains { pattern.overlaps(Glob($0)) } }
                + mapped.filter { pattern.overlaps($0.asked) }.compactMap { model($0.model) }
        }
    }
}
