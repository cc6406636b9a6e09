import Upstreams

/// The scripts that change and read a conversation in Redis, each in one step. One set per worker, as `RedisScript` asks
/// for. Layout of the key: docs/scaling.md.
struct ConversationScripts {
    /// Empties the conversation and adds turns, each once however often it is told, then drops the oldest.
    ///
    /// Keys: conversation. Arguments: milliseconds for which it stays, the most turns, the most bytes, the mark of a reset
    /// (empty: none); then for each turn its id, its bytes as they count, its text.
    let tell = RedisScript(
        """
        local key = KEYS[1]
        if ARGV[4] ~= '' and redis.call('HGET', key, 'reset') ~= ARGV[4] then
          redis.call('DEL', key)
          redis.call('HSET', key, 'reset', ARGV[4])
        end
        local state = redis.call('HMGET', key, 'first', 'next', 'bytes')
        local first, following, bytes = tonumber(state[1] or 0), tonumber(state[2] or 0), tonumber(state[3] or 0)
        for place = 5, #ARGV, 3 do
          local id, size = ARGV[place], ARGV[place + 1]
          if redis.call('HSETNX', key, 'id:' .. id, '') == 1 then
            redis.call('HSET', key, following, id .. ' ' .. size .. '\\n' .. ARGV[place + 2])
            following, bytes = following + 1, bytes + tonumber(size)
          end
        end
        local most_turns, most_bytes = tonumber(ARGV[2]), tonumber(ARGV[3])
        while first < following and (bytes > most_bytes or following - first > most_turns) do
          local id, size = string.match(redis.call('HGET', key, first) or '', '^(%x+) (%d+)\\n')
          redis.call('HDEL', key, first, 'id:' .. (id or ''))
          first, bytes = first + 1, bytes - tonumber(size or 0)
        end
        redis.call('HSET', key, 'first', first, 'next', following, 'bytes', bytes)
        redis.call('PEXPIRE', key, ARGV[1])
        return following - first
        """)

    /// Keys: conversation. Answers the milliseconds for which it stays, then the texts of its turns in order, with their
    /// ids and bytes in front.
    let read = RedisScript(
        """
        local state = redis.call('HMGET', KEYS[1], 'first', 'next')
        local numbers = {}
        for number = tonumber(state[1] or 0), tonumber(state[2] or 0) - 1 do numbers[#numbers + 1] = number end
        local reply = #numbers > 0 and redis.call('HMGET', KEYS[1], unpack(numbers)) or {}
        table.insert(reply, 1, redis.call('PTTL', KEYS[1]))
        return reply
        """)
}
