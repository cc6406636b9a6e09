import Upstreams

/// The scripts that change what replicas know of a log, each in one step. One set per worker, as `RedisScript` asks for.
///
/// Time is the server's. The terminal record has the highest id that a stream takes, so that there is one, and nothing
/// after it, whoever writes it.
struct LogScripts {
    /// The id of the terminal record.
    static let lastID = "9007199254740991-0"

    /// Finds the log of a question or claims the question for a new one.
    ///
    /// Keys: claim, lease of the new log, perhaps the status stream. Arguments: id and form (`s`, `w`) of the new log,
    /// milliseconds of the lease, whether a live log will do, the oldest answer that will do, whether a new log may be
    /// made, whether it may replace a live one, what the names of logs begin with.
    let claim = RedisScript(
        """
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)
        local known = redis.call('GET', KEYS[1])
        if known then
          local state, id, form, ended = string.match(known, '^(%a+) (%x+) (%a) (%d+)$')
          if state == 'done' then
            local age = now - ended
            local is_there = redis.call('EXISTS', ARGV[8] .. id) == 1
            if KEYS[3] and redis.call('EXISTS', KEYS[3]) == 0 then is_there = false end
            if is_there and age <= tonumber(ARGV[5]) then return {state, id, form, age} end
          elseif ARGV[4] == '1' then
            return {state, id, form, 0}
          elseif ARGV[7] == '0' then
            return {'none'}
          end
        end
        if ARGV[6] == '0' then return {'none'} end
        redis.call('SET', KEYS[1], 'live ' .. ARGV[1] .. ' ' .. ARGV[2] .. ' 0', 'PX', ARGV[3])
        redis.call('SET', KEYS[2], 1, 'PX', ARGV[3])
        if KEYS[3] then redis.call('DEL', KEYS[3]) end
        return {'new'}
        """)

    /// Gives a question up, if this log is the one that answers it.
    ///
    /// Keys: claim. Arguments: id.
    let discard = RedisScript(
        """
        local known = redis.call('GET', KEYS[1])
        if known and string.find(known, ARGV[1], 1, true) then return redis.call('DEL', KEYS[1]) end
        return 0
        """)

    /// The writer lives. 0: it was believed dead.
    ///
    /// Keys: log, lease, claim, perhaps the status stream. Arguments: id, milliseconds of the lease and of the log.
    let renew = RedisScript(
        """
        if not redis.call('SET', KEYS[2], 1, 'PX', ARGV[2], 'XX') then return 0 end
        redis.call('PEXPIRE', KEYS[1], ARGV[3])
        local known = redis.call('GET', KEYS[3])
        if known and string.find(known, ARGV[1], 1, true) then
          redis.call('PEXPIRE', KEYS[3], ARGV[2])
          if KEYS[4] then redis.call('PEXPIRE', KEYS[4], ARGV[3]) end
        end
        return 1
        """)

    /// Writes the terminal record, and keeps the log as the answer to its question, or gives the question up.
    ///
    /// A log that lacks a record ends as one whose writer is lost. Keys: log, lease, claim, perhaps the status stream.
    /// Arguments: id, form, milliseconds for which the answer serves (0: it does not) and for which the log stays, the
    /// number of records (-1: unknown), the terminal record.
    let end = RedisScript(
        """
        local is_whole = ARGV[5] == '-1' or redis.call('XLEN', KEYS[1]) == tonumber(ARGV[5])
        redis.call('DEL', KEYS[2])
        local known = redis.call('GET', KEYS[3])
        local is_ours = known and string.find(known, ARGV[1], 1, true)
        if is_ours then redis.call('DEL', KEYS[3]) end
        local record = is_whole and {unpack(ARGV, 6)} or {'e', 'cancelled', 'k', 'writer_lost'}
        local result = redis.pcall('XADD', KEYS[1], '\(lastID)', unpack(record))
        if type(result) == 'table' and result.err then return 0 end
        redis.call('PEXPIRE', KEYS[1], ARGV[4])
        if not (is_ours and is_whole) or ARGV[3] == '0' then return 1 end
        local time = redis.call('TIME')
        local now = string.format('%d', time[1] * 1000 + math.floor(time[2] / 1000))
        redis.call('SET', KEYS[3], 'done ' .. ARGV[1] .. ' ' .. ARGV[2] .. ' ' .. now, 'PX', ARGV[3])
        if KEYS[4] then redis.call('PEXPIRE', KEYS[4], ARGV[3]) end
        return 1
        """)

    /// A reader of another replica looks whether the writer lives, and writes the terminal record of one that does not.
    ///
    /// Keys: log, lease, claim, readers, perhaps the status stream. Arguments: id, the reader's name, milliseconds of the
    /// lease and of a log that is over, the status of an answer that was interrupted.
    let watch = RedisScript(
        """
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)
        redis.call('ZADD', KEYS[4], string.format('%d', now + ARGV[3]), ARGV[2])
        redis.call('PEXPIRE', KEYS[4], ARGV[3])
        if redis.call('EXISTS', KEYS[2]) == 1 then return 1 end
        local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
        if last and last[1] == '\(lastID)' then return 0 end
        redis.call('XADD', KEYS[1], '\(lastID)', 'e', 'cancelled', 'k', 'writer_lost')
        if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[4]) then redis.call('PEXPIRE', KEYS[1], ARGV[4]) end
        local known = redis.call('GET', KEYS[3])
        if known and not string.find(known, ARGV[1], 1, true) then return 0 end
        redis.call('DEL', KEYS[3])
        if KEYS[5] and redis.call('EXISTS', KEYS[5]) == 1 then redis.call('XADD', KEYS[5], '*', 'data', ARGV[5]) end
        return 0
        """)

    /// The writer has no reader of its own left. The number of those of other replicas; without any the question is
    /// given up, so that none comes.
    ///
    /// Keys: claim, readers. Arguments: id.
    let abandon = RedisScript(
        """
        local time = redis.call('TIME')
        redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', time[1] * 1000 + math.floor(time[2] / 1000))
        local readers = redis.call('ZCARD', KEYS[2])
        if readers > 0 then return readers end
        local known = redis.call('GET', KEYS[1])
        if known and string.find(known, ARGV[1], 1, true) then redis.call('DEL', KEYS[1]) end
        return 0
        """)

    /// Adds statuses to the stream that other programs follow, unless the question has another answer by now.
    ///
    /// Keys: claim, status stream. Arguments: id, milliseconds for which the stream stays, the statuses.
    let tell = RedisScript(
        """
        local known = redis.call('GET', KEYS[1])
        if not (known and string.find(known, ARGV[1], 1, true)) then return 0 end
        for place = 3, #ARGV do redis.call('XADD', KEYS[2], '*', 'data', ARGV[place]) end
        redis.call('PEXPIRE', KEYS[2], ARGV[2])
        return 1
        """)

    /// Takes a ticket out, unless another replica has taken it over. Keys: ticket. Arguments: the holder's name.
    let dropTicket = RedisScript(
        "if redis.call('HGET', KEYS[1], 'holder') == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0")
}
