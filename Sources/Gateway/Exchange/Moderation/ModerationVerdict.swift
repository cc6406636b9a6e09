package import Upstreams

/// What a provider's moderation says of the texts of a request.
package enum ModerationVerdict: Equatable, Sendable {
    case allowed
    case flagged
    /// It says nothing that could be understood, or nothing at all.
    case unknown
}

extension ModerationVerdict {
    /// Reads an answer of `POST /moderations`; nil: there is none.
    ///
    /// - Parameters:
    ///   - inputs: how many texts were asked about; there must be a result for each.
    ///   - thresholds: by category the score from which a text is flagged; empty: the provider decides.
    package init(_ answer: [UInt8]?, inputs: Int, thresholds: [ModerationThreshold], _ parser: JSONParser) {
        guard let answer, let document = unsafe try? parser.parse(answer.span.bytes),
            let results = document.root["results"], results.kind == .array, results.count == inputs
        else {
            self = .unknown
            return
        }
        var verdict = ModerationVerdict.allowed
        for result in results.elements {
            guard let isFlagged = Self.isFlagged(result, thresholds) else {
                self = .unknown
                return
            }
            if isFlagged { verdict = .flagged }
        }
        self = verdict
    }

    private static func isFlagged(_ result: JSONValue, _ thresholds: [ModerationThreshold]) -> Bool? {
        guard !thresholds.isEmpty else { return result["flagged"]?.bool }
        var isFlagged = false
        for threshold in thresholds {
            guard let score = result["category_scores"]?[named: threshold.category]?.double else { return nil }
            if score >= threshold.score { isFlagged = true }
        }
        return isFlagged
    }
}
