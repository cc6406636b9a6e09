/// Keys as `sluice keys list` shows them.
struct KeyTable {
    private let keys: [KeyConfiguration]
    private let now: Int

    /// `now`: seconds since 1970.
    init(_ keys: [KeyConfiguration], now: Int) {
        self.keys = keys
        self.now = now
    }

    /// A head line, then one line per key, in columns.
    var text: String {
        let rows = [["ID", "USER", "TEAM", "MODELS", "TAGS", "EXPIRES", "STATE"]] + keys.map(row)
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        let lines = rows.map { row in
            let cells = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
            let line = cells.joined(separator: "  ")
            return String(line[...(line.lastIndex { $0 != " " } ?? line.startIndex)])
        }
        return lines.joined(separator: "\n")
    }

    /// A list of objects.
    var json: String {
        ConfigJSON.array(
            keys.map { key in
                .object([
                    ("id", .string(key.id)), ("user", .string(key.user)),
                    ("team", key.team.map { .string($0) } ?? .null),
                    ("models", .array(key.models.map { .string($0) })),
                    ("tags", .array(key.tags.map { .string($0) })),
                    ("expires", key.expires.map { .string(KeyExpiry.text($0)) } ?? .null),
                    ("state", .string(state(key))),
                ])
            }
        ).pretty()
    }

    private func row(_ key: KeyConfiguration) -> [String] {
        [
            key.id, key.user, key.team ?? "-", key.models.joined(separator: ","),
            key.tags.isEmpty ? "-" : key.tags.joined(separator: ","), key.expires.map(KeyExpiry.text) ?? "never",
            state(key),
        ]
    }

    private func state(_ key: KeyConfiguration) -> String {
        if key.isDisabled { return "disabled" }
        return key.expires.map { $0 <= now } == true ? "expired" : "active"
    }
}
