/// Where a set of keys is fetched from, and how. Two policies that say the same share one set.
package struct JWKSLocation: Hashable, Sendable {
    /// `http://` or `https://`, host and port.
    package let origin: String
    /// With a slash in front.
    package let path: String
    /// Milliseconds between two fetches.
    package let refreshMs: Int
    /// PEM file of the authorities to trust; nil: the system's.
    package let caFile: String?
    package let proxy: Secret?

    package var url: String { origin + path }
}
