import Upstreams

/// The scripts that change the agents of one caller in Redis, each in one step, and the count of those of all. One set per
/// worker, as `RedisScript` asks for.
struct AgentScripts {
    /// Keys: the caller's agents, the count. Arguments: name, agent, how many a caller may have, how many there may be.
    /// Answers 0: it is there; 1: the caller has as many as it may; 2: there are as many as there may be.
    let insert = RedisScript(
        """
        if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then
          if redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[3]) then return 1 end
          if tonumber(redis.call('GET', KEYS[2]) or 0) >= tonumber(ARGV[4]) then return 2 end
          redis.call('INCR', KEYS[2])
        end
        redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
        return 0
        """)

    /// Keys: the caller's agents, the count. Arguments: name. Answers how many were removed.
    let remove = RedisScript(
        """
        local removed = redis.call('HDEL', KEYS[1], ARGV[1])
        if removed == 1 then redis.call('DECR', KEYS[2]) end
        return removed
        """)
}
