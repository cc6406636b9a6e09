/// How many requests may be under way at once, and who may wait for a place.
package struct ConcurrencySetting: Sendable {
    /// A bounded line of those who wait.
    package struct Queue: Hashable, Sendable {
        /// Most requests that wait, of all classes.
        package let max: Int
        /// Nanoseconds that a request waits at most.
        package let deadline: Int

        package init(max: Int, deadline: Int) {
            self.max = max
            self.deadline = deadline
        }
    }

    package let max: Int
    /// Nanoseconds after which a lease that was neither released nor renewed is free.
    package let lease: Int
    package let queue: Queue?
    /// Who goes first in the queue: the first rule that fits gives the class, those whom none fits go last.
    package let priorities: [MatchRule]

    package init(max: Int, lease: Int, queue: Queue? = nil, priorities: [MatchRule] = []) {
        self.max = max
        self.lease = lease
        self.queue = queue
        self.priorities = priorities
    }
}
