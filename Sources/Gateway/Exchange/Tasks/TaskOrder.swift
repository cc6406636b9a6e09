import Policies
import Upstreams

/// All that the making of one task takes, whoever makes it.
struct TaskOrder {
    let id: String
    /// As the client named it.
    let model: String
    let owner: TaskOwner
    /// The client was given a link in the place of an answer.
    let isLink: Bool
    /// Seconds since 1970.
    let created: Int
    /// The request as policies left it, for a stream of events.
    let request: CompletionRequest
    let asked: RequestedRoute
    /// The name by which the route is found.
    let routeName: String
    let grant: TaskGrant
    /// The configuration that it is made by.
    let runtime: Runtime

    /// As it is seen before anything has come of it.
    var sight: TaskSight { TaskSight(id: id, model: model, owner: owner, isLink: isLink, created: created) }
}
