import Testing

@testable import Upstreams

@Suite("Redis: settings")
struct RedisSettingsTests {
    @Test(
        "URLs name server, TLS, database, user and password",
        arguments: [
            ("redis://cache", "cache:6379", false, 0, nil, nil),
            ("redis://cache.example.com:7000/3", "cache.example.com:7000", false, 3, nil, nil),
            ("rediss://:p%40ss@10.0.0.1/", "10.0.0.1:6379", true, 0, nil, "p@ss"),
            ("redis://app:a%3Ab/c@[::1]:1", "[::1]:1", false, 0, "app", "a:b/c"),
            ("redis://[::1]", "[::1]:6379", false, 0, nil, nil),
            ("unix:/run/redis.sock", "unix:/run/redis.sock", false, 0, nil, nil),
            ("unix:///run/redis.sock", "unix:/run/redis.sock", false, 0, nil, nil),
        ] as [(String, String, Bool, Int, String?, String?)])
    func urls(
        _ url: String, _ address: String, _ isSecure: Bool, _ database: Int, _ user: String?, _ password: String?
    ) throws {
        let settings = try RedisSettings(url: url)
        #expect(settings.address.description == address)
        #expect(settings.isSecure == isSecure && settings.database == database)
        #expect(settings.user == user && settings.password == password)
    }

    @Test(
        "Other texts are refused, with the reason",
        arguments: [
            ("http://cache", .scheme), ("cache:6379", .scheme), ("", .scheme), ("redis://", .address),
            ("redis://a:0", .address), ("redis://a:x", .address), ("redis://a:65536", .address),
            ("redis://a b", .address), ("redis://[::1", .address), ("redis://[a]", .address), ("unix:x", .address),
            ("unix:/" + String(repeating: "x", count: 107), .address), ("redis://a/x", .database),
            ("redis://a/-1", .database), ("redis://a/1/2", .database), ("redis://p@a", .credentials),
            ("redis://:%4@a", .credentials), ("redis://:%zz@a", .credentials), ("redis://:%ff@a", .credentials),
            ("redis://a?x=1", .unexpectedPart), ("redis://a/#x", .unexpectedPart),
        ] as [(String, RedisSettings.URLError)])
    func refused(_ url: String, _ reason: RedisSettings.URLError) {
        #expect(throws: reason) { try RedisSettings(url: url) }
    }
}
