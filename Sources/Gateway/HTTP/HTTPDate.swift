import Glibc

/// The text of the `date` field (IMF-fixdate, RFC 9110 section 5.6.7), made at most once a second.
final class HTTPDate {

    private var second = -1
    private var cached = ""

    var text: String {
        var now = timespec()
        unsafe clock_gettime(CLOCK_REALTIME_COARSE, &now)
        if now.tv_sec != second {
            second = now.tv_sec
            cached = Self.format(second)
        }
        return cached
    }

    private static func format(_ seconds: Int) -> String {
        var time = unsafe tm()
        var seconds = seconds
        unsafe gmtime_r(&seconds, &time)
        var text = [CChar](repeating: 0, count: 40)
        let count = unsafe strftime(&text, text.count, "%a, %d %b %Y %H:%M:%S GMT", &time)
        return String(decoding: text[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
