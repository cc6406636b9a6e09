import Upstreams

/// What `headers` policies say about the fields of the answer to one request. Names are in lower case.
struct AnswerFields {
    /// Fields of the provider that pass, beyond those that always do.
    private var relayed: Set<String> = []
    /// Fields of the provider that do not pass.
    private var withheld: Set<String> = []
    private var set: [HTTPField] = []

    var isEmpty: Bool { relayed.isEmpty && withheld.isEmpty && set.isEmpty }

    /// Adds what a policy says, which counts more than what those before it said.
    mutating func add(relay: [String], withhold: [String], set fields: [HTTPField]) {
        relayed.formUnion(relay)
        withheld.subtract(relay)
        withheld.formUnion(withhold)
        set.removeAll { old in withhold.contains(old.name) || fields.contains { $0.name == old.name } }
        set += fields
    }

    /// Whether a field of the provider passes; `usually`: whether it does without any policy.
    func passes(_ name: String, usually: Bool) -> Bool {
        !withheld.contains(name) && !set.contains { $0.name == name } && (usually || relayed.contains(name))
    }

    /// Writes the fields that are set.
    func write(to output: inout ByteBuffer) {
        for field in set {
            unsafe output.appendField(field.name.utf8Span.span.bytes, field.value.utf8Span.span.bytes)
        }
    }
}
