import Upstreams

/// What it takes to make a task, as it is written down: the order, an object of JSON, and the body of its request.
struct TaskPlan: Hashable, Sendable {
    let order: [UInt8]
    let body: [UInt8]
}
