import Upstreams

/// The answer of `GET /admin/usage` (docs/admin.md): who has used how much of which model since the process began.
struct UsageReport {
    enum Format {
        case json
        /// Comma-separated values (RFC 4180), with a line of names before them.
        case csv

        /// As `format` of the query says, else the `accept` field; nil: the query names none that there is.
        init?(_ head: RequestHead) {
            switch head.queryItem("format") {
            case "json": self = .json
            case "csv": self = .csv
            case nil: self = head.value(of: "accept")?.contains("text/csv") == true ? .csv : .json
            default: return nil
            }
        }

        var contentType: String {
            switch self {
            case .json: "application/json"
            case .csv: "text/csv; charset=utf-8; header=present"
            }
        }
    }

    /// Seconds since 1970.
    let since: Int
    /// By user, team, key and model; what is not known comes first.
    let rows: [UsageRow]

    /// Adds up the rows of all workers.
    init(since: Int, _ rows: [UsageRow]) {
        self.since = since
        var sums: [UsageKey: UsageCounts] = [:]
        for row in rows { sums[row.key, default: .zero].add(row.counts) }
        self.rows = sums.map { UsageRow(key: $0.key, counts: $0.value) }.sorted { $0.key.precedes($1.key) }
    }

    func write(_ format: Format, to output: inout ByteBuffer) {
        switch format {
        case .json: writeJSON(to: &output)
        case .csv: writeCSV(to: &output)
        }
    }

    // MARK: JSON

    private func writeJSON(to output: inout ByteBuffer) {
        output.appendJSON {
            $0.object {
                $0.member("object", "usage")
                $0.member("since", since)
                $0.array("data") { list in
                    for row in rows { list.object { Self.write(row, to: &$0) } }
                }
            }
        }
    }

    private static func write(_ row: UsageRow, to writer: inout JSONWriter) {
        writer.member("user", row.key.user)
        writer.member("team", row.key.team)
        writer.member("key", row.key.key)
        writer.member("model", row.key.model)
        writer.member("requests", row.counts.requests)
        writer.member("errors", row.counts.errors)
        writer.member("prompt_tokens", row.counts.promptTokens)
        writer.member("completion_tokens", row.counts.completionTokens)
        writer.member("cached_tokens", row.counts.cachedTokens)
        var dollars = ByteBuffer()
        dollars.append(billionths: row.counts.nanodollars)
        dollars.withBytes { writer.member("cost_usd", raw: $0) }
    }

    // MARK: CSV

    private func writeCSV(to output: inout ByteBuffer) {
        output.append(
            "user,team,key,model,requests,errors,prompt_tokens,completion_tokens,cached_tokens,cost_usd\r\n")
        for row in rows {
            for text in [row.key.user, row.key.team, row.key.key, row.key.model] {
                Self.append(cell: text ?? "", to: &output)
                output.append(",")
            }
            let counts = row.counts
            for number in [
                counts.requests, counts.errors, counts.promptTokens, counts.completionTokens, counts.cachedTokens,
            ] {
                output.append(decimal: number)
                output.append(",")
            }
            output.append(billionths: counts.nanodollars)
            output.append("\r\n")
        }
    }

    /// Quoted where it must be. What a spreadsheet would take for a formula, a name in a token for instance, gets an
    /// apostrophe before it.
    private static func append(cell text: String, to output: inout ByteBuffer) {
        let isFormula = text.utf8.first.map { "=+-@\t\r".utf8.contains($0) } ?? false
        guard text.utf8.contains(where: { ",\"\r\n".utf8.contains($0) }) else {
            if isFormula { output.append("'") }
            return output.append(text)
        }
        output.append(isFormula ? "\"'" : "\"")
        for byte in text.utf8 {
            if byte == UInt8(ascii: "\"") { output.append(byte) }
            output.append(byte)
        }
        output.append("\"")
    }
}

extension UsageKey {
    fileprivate func precedes(_ other: UsageKey) -> Bool {
        (user ?? "", team ?? "", key ?? "", model) < (other.user ?? "", other.team ?? "", other.key ?? "", other.model)
    }
}
