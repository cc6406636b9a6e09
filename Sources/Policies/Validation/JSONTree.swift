/// A parsed JSON text as policies read it; the gateway's documents are that.
///
/// Values and keys are numbered in the order of the text: a container comes before what is in it, a key right before
/// its value, and the outermost value is 0. So a place in the text is a plain number, and walking it neither allocates
/// nor counts references. A number that is not of the text is a bug.
package protocol JSONTree: AnyObject {
    // Tuples, since making a structure of another module's costs a call.

    /// What one look at a value or key tells, as `JSONNode` has it.
    func facts(at index: Int) -> (kind: JSONKind, size: Int, end: Int)
    /// How the text of a string or key begins, as `TextStart` has it; for any other kind the count is -1.
    func textStart(at index: Int) -> (count: Int, first: UInt64, second: UInt64)
    /// An integer's value; nil for any other kind.
    func integer(_ index: Int) -> Int?
    /// A number's value; nil for what is none, and for a number beyond every `Double`.
    func number(_ index: Int) -> Double?
    func bool(_ index: Int) -> Bool?
    /// Calls `body` with the UTF-8 of a string or key, escapes resolved; not for any other kind.
    func withText(of index: Int, _ body: (Span<UInt8>) -> Void)
}
