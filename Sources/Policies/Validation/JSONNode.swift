/// A value or key of a JSON text: where it stands, and what one look at it tells.
struct JSONNode {
    /// Its number in the tree.
    let index: Int
    let kind: JSONKind
    /// Members of an object, elements of an array, or bytes of UTF-8 of a string or key, escapes resolved; 0 for any other
    /// kind.
    let size: Int
    /// The number after it and all that is in it.
    let end: Int
}
