import Upstreams

/// Something that a model may have done in the gateway. One object serves all calls on its worker.
protocol Tool: AnyObject {
    var definition: ToolDefinition { get }

    /// Begins a call. `done` is called once, unless the call is cancelled; perhaps before this returns, and then there
    /// is nothing to cancel.
    ///
    /// - Parameter arguments: a JSON object, as the model wrote it; nothing else of it was checked.
    func run(_ arguments: JSONValue, _ done: @escaping (ToolOutcome) -> Void) -> (any RunningTool)?
}

/// A call of a tool under way.
protocol RunningTool: AnyObject {
    /// Ends it at once; nothing is heard of it afterwards.
    func cancel()
}
