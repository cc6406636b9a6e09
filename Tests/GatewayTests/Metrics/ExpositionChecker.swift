@testable import Gateway

/// A reader of scrapes, written from the two formats' own rules: it refuses what a strict server may refuse.
struct ExpositionChecker {
    struct Refusal: Error {
        let line: String
        let why: String
    }

    private(set) var families: [String] = []
    private(set) var samples = 0
    private let format: MetricsFormat
    private var type = ""
    private var described: [String] = []
    private var seen: Set<String> = []
    private var bucket: (series: String, bound: Double, count: Int)?
    private var ended = false

    init(_ format: MetricsFormat) { self.format = format }

    mutating func take(_ line: String) throws(Refusal) {
        if ended { throw Refusal(line: line, why: "after the end") }
        if line == "# EOF" {
            ended = format == .openMetrics
        } else if line.hasPrefix("# ") {
            try comment(line)
        } else {
            try sample(line)
        }
    }

    private mutating func comment(_ line: String) throws(Refusal) {
        let parts = line.split(separator: " ", maxSplits: 3).map(String.init)
        guard parts.count == 4 else { throw Refusal(line: line, why: "too short") }
        if parts[1] == "TYPE" {
            guard !families.contains(parts[2]) else { throw Refusal(line: line, why: "family in two places") }
            families.append(parts[2])
            type = parts[3]
            described = []
            if type == "counter", (format == .prometheus) != parts[2].hasSuffix("_total") {
                throw Refusal(line: line, why: "counter's name")
            }
        }
        guard parts[2] == families.last else { throw Refusal(line: line, why: "another family's comment") }
        guard !described.contains(parts[1]) else { throw Refusal(line: line, why: "said twice") }
        described.append(parts[1])
        if parts[1] == "UNIT", format == .prometheus || !parts[2].hasSuffix("_" + parts[3]) {
            throw Refusal(line: line, why: "unit is not the name's suffix")
        }
    }

    private mutating func sample(_ line: String) throws(Refusal) {
        guard let family = families.last, let space = line.lastIndex(of: " ") else {
            throw Refusal(line: line, why: "no family")
        }
        let series = String(line[..<space])
        guard seen.insert(series).inserted else { throw Refusal(line: line, why: "same series twice") }
        guard let value = Double(line[line.index(after: space)...]), value >= 0 else {
            throw Refusal(line: line, why: "value")
        }
        let name = String(series.prefix { $0 != "{" })
        let suffixes: [String] =
            switch type {
            case "counter": format == .prometheus ? [""] : ["_total"]
            case "histogram": ["_bucket", "_sum", "_count"]
            default: [""]
            }
        guard suffixes.contains(where: { name == family + $0 }) else { throw Refusal(line: line, why: "name") }
        if type == "histogram" { try part(line, series, name, Int(value)) }
        samples += 1
    }

    /// Buckets must rise to `+Inf`, which must equal the count.
    private mutating func part(_ line: String, _ series: String, _ name: String, _ value: Int) throws(Refusal) {
        if name.hasSuffix("_bucket") {
            let parts = series.split(separator: "le=\"")
            guard let last = parts.last, let bound = Double(last.dropLast(2).replacing("+Inf", with: "inf")) else {
                throw Refusal(line: line, why: "no bound")
            }
            let before = String(parts[0])
            if let bucket, bucket.series == before, bucket.bound >= bound || bucket.count > value {
                throw Refusal(line: line, why: "buckets do not rise")
            }
            bucket = (before, bound, value)
        } else if name.hasSuffix("_count"), bucket?.bound != .infinity || bucket?.count != value {
            throw Refusal(line: line, why: "count is not the last bucket")
        }
    }
}
