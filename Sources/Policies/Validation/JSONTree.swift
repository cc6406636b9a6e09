/// A parsed JSON text as policies read it; the gateway's documents are that.
///
/// Values and keys are numbered in the order of the text: a container comes before what is in it, a key right before
/// its value, and the outermost value is 0. So a place in the text is a plain number, and walking it neither allocates
/// nor counts references. A number that is not of the text is a bug.
package protocol JSONTree: AnyObject {
    func kind(of node: Int) -> JSONKind
    /// The number after the value at `node` and all that is in it.
    func end(of node: Int) -> Int
    /// Members of an object or elements of an array.
    func count(of node: Int) -> Int
    /// An integer's value; nil for any other kind.
    func integer(_ node: Int) -> Int?
    /// A number's value; nil for what is none, and for a number beyond every `Double`.
    func number(_ node: Int) -> Double?
    func bool(_ node: Int) -> Bool?
    /// Bytes of UTF-8 of a string or key, escapes resolved; 0 for any other kind.
    func byteCount(of node: Int) -> Int
    /// Calls `body` with the UTF-8 of a string or key, escapes resolved; not for any other kind.
    func withText(of node: Int, _ body: (Span<UInt8>) -> Void)
}
