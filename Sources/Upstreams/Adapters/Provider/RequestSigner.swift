/// Proves to a provider who calls, for each call anew.
package protocol RequestSigner: Sendable {
    /// The fields that go with a POST of `body` to `path`, a query included. `now`: seconds since 1970.
    func fields(path: String, body: RawSpan, now: Int) -> [HTTPField]
}
