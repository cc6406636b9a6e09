import Testing
import Upstreams

@testable import Gateway

/// Who has used how much of which model: counted, added up, told.
struct UsageTests {
    private static let ann = UsageKey(user: "ann", team: "lab", key: "k1", model: "gpt-4o")
    private static let used = ChatChunkFacts.Usage(
        promptTokens: 100, completionTokens: 20, totalTokens: 120, cachedTokens: 60)

    private static func text(_ report: UsageReport, _ format: UsageReport.Format) -> String {
        var output = ByteBuffer()
        report.write(format, to: &output)
        return output.text
    }

    @Test func `requests of one caller and model make one row`() {
        var table = UsageTable()
        table.add(UsageCounts(Self.used, cost: 450_000), to: Self.ann)
        table.add(UsageCounts(failed: true), to: Self.ann)
        table.add(UsageCounts(), to: UsageKey(user: "ann", team: "lab", key: "k1", model: "claude"))
        #expect(table.rows.count == 2)
        let counts = table.rows.first { $0.key == Self.ann }?.counts
        #expect(counts?.requests == 2 && counts?.errors == 1)
        #expect(counts?.promptTokens == 100 && counts?.completionTokens == 20 && counts?.cachedTokens == 60)
        #expect(counts?.nanodollars == 450_000)
    }

    @Test func `callers that hash alike are told apart`() {
        var table = UsageTable()
        table.add(UsageCounts(), to: UsageKey(user: "ann", team: nil, key: nil, model: "m"))
        table.add(UsageCounts(), to: UsageKey(user: "bob", team: nil, key: "ann", model: "m"))
        table.add(UsageCounts(), to: UsageKey(user: "ann", team: "lab", key: nil, model: "m"))
        #expect(table.rows.count == 3)
    }

    @Test func `a full table counts further callers as others`() {
        var table = UsageTable(limit: 2)
        for user in ["a", "b", "c", "d", "a"] {
            table.add(UsageCounts(), to: UsageKey(user: user, team: nil, key: nil, model: "m"))
        }
        #expect(table.rows.count == 3)
        #expect(table.rows.first { $0.key == .other }?.counts.requests == 2)
        #expect(table.rows.reduce(0) { $0 + $1.counts.requests } == 5)
    }

    @Test func `what a provider tells cannot make a sum overflow`() {
        var table = UsageTable()
        table.add(UsageCounts(cost: .max), to: Self.ann)
        table.add(UsageCounts(cost: .max), to: Self.ann)
        #expect(table.rows.first?.counts.nanodollars == .max)
    }

    @Test func `rows of all workers are added up and told in order`() {
        let rows = [
            UsageRow(key: Self.ann, counts: UsageCounts(Self.used, cost: 450_001)),
            UsageRow(key: UsageKey(user: nil, team: nil, key: nil, model: "echo"), counts: UsageCounts()),
            UsageRow(key: Self.ann, counts: UsageCounts(Self.used, cost: 1_000_000_000)),
        ]
        let report = UsageReport(since: 7, rows)
        #expect(
            Self.text(report, .json) == """
                {"object":"usage","since":7,"data":[\
                {"user":null,"team":null,"key":null,"model":"echo","requests":1,"errors":0,"prompt_tokens":0,\
                "completion_tokens":0,"cached_tokens":0,"cost_usd":0.0},\
                {"user":"ann","team":"lab","key":"k1","model":"gpt-4o","requests":2,"errors":0,"prompt_tokens":200,\
                "completion_tokens":40,"cached_tokens":120,"cost_usd":1.000450001}]}
                """)
        #expect(
            Self.text(report, .csv)
                == [
                    "user,team,key,model,requests,errors,prompt_tokens,completion_tokens,cached_tokens,cost_usd",
                    ",,,echo,1,0,0,0,0,0.0", "ann,lab,k1,gpt-4o,2,0,200,40,120,1.000450001", "",
                ].joined(separator: "\r\n"))
    }

    @Test(arguments: [
        ("plain", "plain"), ("a,b", "\"a,b\""), ("a\"b", "\"a\"\"b\""), ("a\r\nb", "\"a\r\nb\""), ("=1+1", "'=1+1"),
        ("@x,y", "\"'@x,y\""), ("-", "'-"),
    ])
    func `a name in a table is neither two cells nor a formula`(name: String, cell: String) {
        let key = UsageKey(user: name, team: nil, key: nil, model: "m")
        let text = Self.text(UsageReport(since: 0, [UsageRow(key: key, counts: UsageCounts())]), .csv)
        #expect(text.hasSuffix("\r\n\(cell),,,m,1,0,0,0,0,0.0\r\n"))
    }

    @Test(
        arguments: [
            ("/admin/usage", "", UsageReport.Format.json), ("/admin/usage", "accept: text/csv", .csv),
            ("/admin/usage?format=csv", "accept: application/json", .csv),
            ("/admin/usage?format=json", "accept: text/csv", .json),
            ("/admin/usage?format=xml", "", nil),
        ] as [(String, String, UsageReport.Format?)])
    func `the query decides on the form, then what is accepted`(
        path: String, field: String, format: UsageReport.Format?
    ) throws {
        let lines = ["GET \(path) HTTP/1.1"] + (field.isEmpty ? [] : [field])
        #expect(UsageReport.Format(try .reading(lines.joined(separator: "\r\n"))) == format)
    }
}
