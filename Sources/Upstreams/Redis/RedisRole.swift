/// What is expected of the server at the end of a connection, and checked before commands are sent.
enum RedisRole {
    /// A master, which takes writes.
    case master
    /// A node of a cluster, which says by itself what it serves.
    case clusterNode
    case sentinel
}
