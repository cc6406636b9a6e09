/// Takes over a log that another replica began and cannot end, on the worker that follows it, and hosts it there. False:
/// it cannot be taken over, and ends as it is.
typealias LogSuccessor = (SharedLog) -> Bool
