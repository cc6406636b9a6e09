/// Who shows an answer as it comes.
protocol ChatDisplay: AnyObject {
    func show(_ piece: ChatPiece)
    /// One event as it came; `type` is empty for most.
    func event(_ data: String, type: String)
    /// Nobody reads any more.
    var isClosed: Bool { get }
}
