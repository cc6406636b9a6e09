internal import CCurl
import Glibc

/// Header fields in the form that libcurl takes: a linked list of `name: value` strings.
///
/// Owns its nodes and frees them. A call's own fields are put in front of the provider's constant ones, whose list is
/// shared by all calls and outlives them.
@safe
struct CurlFieldList: ~Copyable {
    private(set) var first: UnsafeMutablePointer<curl_slist>?
    private let tail: UnsafeMutablePointer<curl_slist>?

    /// An empty list, in front of `tail` if there is one; the owner of `tail` must outlive this.
    @unsafe init(before tail: UnsafeMutablePointer<curl_slist>? = nil) {
        unsafe self.tail = tail
        unsafe first = tail
    }

    deinit { unsafe Self.free(first, until: tail) }

    /// Puts a field at the front. An empty value stands for an empty field, as libcurl writes it (`name;`).
    mutating func prepend(_ field: HTTPField) {
        let text = field.value.isEmpty ? "\(field.name);" : "\(field.name): \(field.value)"
        prepend(line: text)
    }

    /// Puts a raw line at the front; `Expect:` turns off one of libcurl's own fields.
    mutating func prepend(line: String) {
        guard let data = unsafe strdup(line) else { preconditionFailure("out of memory") }
        let node = UnsafeMutablePointer<curl_slist>.allocate(capacity: 1)
        unsafe node.initialize(to: curl_slist(data: data, next: first))
        unsafe first = node
    }

    mutating func removeAll() {
        unsafe Self.free(first, until: tail)
        unsafe first = tail
    }

    @unsafe private static func free(
        _ list: UnsafeMutablePointer<curl_slist>?, until tail: UnsafeMutablePointer<curl_slist>?
    ) {
        var list = unsafe list
        while let node = unsafe list, unsafe node != tail {
            unsafe list = node.pointee.next
            unsafe Glibc.free(node.pointee.data)
            unsafe node.deallocate()
        }
    }
}
