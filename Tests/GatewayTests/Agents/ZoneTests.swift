import Testing
import Upstreams

@testable import Gateway

/// Times of the zones of the tz database.
struct ZoneTests {
    private static let database = ZoneDatabase()

    private func local(_ zone: String, _ utc: String) throws -> String {
        let time = try #require(RFC3339.seconds(utc))
        let history = try #require(Self.database.zone(zone))
        return ZonedTime(zone: zone, time: time, offset: history.offset(at: time)).date
    }

    @Test(arguments: [
        ("UTC", "2026-01-31T23:59:59Z", "2026-01-31T23:59:59+00:00"),
        ("Europe/Berlin", "2026-01-15T12:00:00Z", "2026-01-15T13:00:00+01:00"),
        ("Europe/Berlin", "2026-07-15T12:00:00Z", "2026-07-15T14:00:00+02:00"),
        ("Europe/Berlin", "2026-03-29T00:59:59Z", "2026-03-29T01:59:59+01:00"),
        ("Europe/Berlin", "2026-03-29T01:00:00Z", "2026-03-29T03:00:00+02:00"),
        ("Europe/Berlin", "2026-10-25T00:59:59Z", "2026-10-25T02:59:59+02:00"),
        ("Europe/Berlin", "2026-10-25T01:00:00Z", "2026-10-25T02:00:00+01:00"),
        ("America/New_York", "2026-03-08T07:00:00Z", "2026-03-08T03:00:00-04:00"),
        ("America/St_Johns", "2026-01-01T00:00:00Z", "2025-12-31T20:30:00-03:30"),
        ("Asia/Kolkata", "2026-06-01T00:00:00Z", "2026-06-01T05:30:00+05:30"),
        ("Asia/Kathmandu", "2026-06-01T00:00:00Z", "2026-06-01T05:45:00+05:45"),
        ("Pacific/Apia", "2011-12-30T09:59:59Z", "2011-12-29T23:59:59-10:00"),
        ("Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-31T00:00:00+14:00"),
        ("Australia/Lord_Howe", "2026-01-01T00:00:00Z", "2026-01-01T11:00:00+11:00"),
        ("Australia/Lord_Howe", "2026-07-01T00:00:00Z", "2026-07-01T10:30:00+10:30"),
        // Beyond the last change that files list one by one: their rule decides.
        ("Europe/Berlin", "2050-07-01T00:00:00Z", "2050-07-01T02:00:00+02:00"),
        ("Australia/Sydney", "2050-01-01T00:00:00Z", "2050-01-01T11:00:00+11:00"),
        ("Australia/Sydney", "2050-07-01T00:00:00Z", "2050-07-01T10:00:00+10:00"),
        ("America/Sao_Paulo", "2060-01-01T00:00:00Z", "2059-12-31T21:00:00-03:00"),
    ])
    func `a moment by a zone's clocks`(_ zone: String, _ utc: String, _ expected: String) throws {
        #expect(try local(zone, utc) == expected)
    }

    @Test(arguments: [
        "", "Berlin", "europe/berlin", "Europe/Berlin/", "../../etc/passwd", "/usr/share/zoneinfo/Europe/Berlin",
        "Europe/../Europe/Berlin", "Europe", "posix/Europe/Berlin", "right/UTC", "Europe/Berlin\u{0}", "tzdata.zi",
    ])
    func `what is not exactly a zone's name is none`(_ name: String) {
        #expect(Self.database.zone(name) == nil)
    }

    @Test func `a city leads to its zone`() {
        #expect(Self.database.suggestions(for: "berlin") == ["Europe/Berlin"])
        #expect(Self.database.suggestions(for: "New York") == ["America/New_York"])
        #expect(Self.database.suggestions(for: "Nowhere").isEmpty)
    }

    @Test func `all zones of the system can be read, and UTC is there without it`() {
        #expect(Self.database.count > 300)
        let none = ZoneDatabase(folder: "/nowhere")
        #expect(none.zone("UTC")?.offset(at: 0).abbreviation == "UTC")
        #expect(none.count == 1)
    }

    @Test(arguments: [
        ("<-03>3", 0, -10_800), ("EST5EDT,M3.2.0,M11.1.0", 1_782_864_000, -14_400),
        ("IST-2IDT,M3.4.4/26,M10.5.0", 0, 7200),
        ("AAA3BBB,J60/0,J300", 1_782_864_000, -7200), ("AAA3BBB,59/0,300", 1_767_225_600, -10_800),
    ])
    func `rules in all their forms`(_ rule: String, _ time: Int, _ offset: Int) {
        #expect(PosixZone(Array(rule.utf8)[...])?.offset(at: time).seconds == offset)
    }

    @Test(arguments: ["", "AB1", "ABC", "ABC1DEF,M13.1.0,M1.1.0", "ABC1DEF,M3.1.0", "ABC1,", "<>1", "ABC200"])
    func `what is no rule is refused`(_ rule: String) {
        #expect(PosixZone(Array(rule.utf8)[...]) == nil)
    }

    @Test func `a file that is cut anywhere is none`() throws {
        let file = try FileAccess.read("/usr/share/zoneinfo/Europe/Berlin", limit: 65_536)
        #expect(ZoneHistory(file) != nil)
        for count in 0..<file.count { #expect(ZoneHistory(Array(file.prefix(count))) == nil) }
    }
}
