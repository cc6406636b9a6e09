import Upstreams

/// The scripts that change what replicas know of tasks, each in one step. One set per worker, as `RedisScript` asks
/// for.
///
/// Time is the server's. A task's `attempt` goes up each time that somebody takes it: whoever had it before can neither
/// add events nor end it. Fields of a task: `state`, `attempt`, `losses` (runs whose replica was lost), `entry` (its
/// place in the queue), `holder`, `first` and `oldest` (offsets of events), `last` (of the last one), `cancel`,
/// `created`, `updated`, `progress`, `failure`, `share`, and what `SharedTaskRecord` writes.
struct TaskScripts {
    /// The consumer group of the queue, and the one consumer in it: who holds a task is said by the task.
    static let group = "gateways"
    private static let consumer = "gateway"

    /// What several scripts share.
    private static let common = """
        local function seconds() return tonumber(redis.call('TIME')[1]) end
        local function top(log)
          local last = redis.call('XREVRANGE', log, '+', '-', 'COUNT', 1)[1]
          if not last then return 0 end
          return tonumber(string.match(last[1], '^%d+'))
        end
        local function count(counts, field, change)
          if redis.call('HINCRBY', counts, field, change) <= 0 then redis.call('HDEL', counts, field) end
        end

        """

    /// Writes the end of a task: its last event, the terminal record, the place that is free. What is too old, or too
    /// much, goes. The keys are `task`, `log`, `queue`, `counts` and `kept`.
    private static let finish = """
        local function finish(id, status, failure, event, progress, bytes, retention, most, prefix)
          local task, log, queue, counts, kept = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
          local now = seconds()
          local last = top(log)
          redis.call('XADD', log, string.format('%d-0', last + 1), 's', #event .. 'p', 'd', event)
          redis.call('XADD', log, '\(LogScripts.lastID)', 'e', 'completed', 'n', last + 1)
          redis.call('HSET', task, 'state', status, 'failure', failure, 'last', last, 'updated', now)
          if progress ~= '' then redis.call('HSET', task, 'progress', progress) end
          local entry, share = unpack(redis.call('HMGET', task, 'entry', 'share'))
          redis.call('HDEL', task, 'body', 'order', 'entry', 'holder', 'cancel')
          if redis.call('EXISTS', queue) == 1 then
            redis.pcall('XACK', queue, '\(group)', entry)
            redis.call('XDEL', queue, entry)
          end
          count(counts, 'all', -1)
          count(counts, share, -1)
          redis.call('EXPIRE', log, retention)
          redis.call('EXPIRE', task, 2 * retention)
          local function forget(member)
            redis.call('ZREM', kept, member)
            count(counts, 'bytes', -tonumber(string.match(member, '^%d+')))
          end
          for _, old in ipairs(redis.call('ZRANGEBYSCORE', kept, '-inf', now - retention, 'LIMIT', 0, 100)) do
            forget(old)
          end
          redis.call('ZADD', kept, now, string.format('%d:%s', bytes + #event, id))
          local sum = redis.call('HINCRBY', counts, 'bytes', bytes + #event)
          while sum > most do
            local oldest = redis.call('ZRANGE', kept, 0, 0)[1]
            if not oldest then break end
            redis.call('DEL', prefix .. 'log:' .. string.match(oldest, ':(.*)'))
            forget(oldest)
            sum = tonumber(redis.call('HGET', counts, 'bytes') or 0)
          end
        end

        """

    /// Takes a task, unless there are too many: `{0, created}`, `{1}` (too many) or `{2}` (of this share).
    ///
    /// Keys: task, queue, counts, bell, index. Arguments: id, share, most tasks, most of the share, whether nobody here has a
    /// place for it, the fields of the task.
    let submit = RedisScript(
        common + """
            local task, queue, counts, bell, index = unpack(KEYS)
            if redis.call('EXISTS', task) == 1 then return {0, tonumber(redis.call('HGET', task, 'created'))} end
            if tonumber(redis.call('HGET', counts, 'all') or 0) >= tonumber(ARGV[3]) then return {1} end
            if tonumber(redis.call('HGET', counts, ARGV[2]) or 0) >= tonumber(ARGV[4]) then return {2} end
            local now = seconds()
            local entry = redis.call('XADD', queue, '*', 'id', ARGV[1])
            redis.call('HSET', task, 'state', 'queued', 'attempt', 0, 'losses', 0, 'entry', entry, 'created', now,
              'updated', now, 'share', ARGV[2], unpack(ARGV, 6))
            redis.call('HINCRBY', counts, 'all', 1)
            redis.call('HINCRBY', counts, ARGV[2], 1)
            redis.call('ZADD', index, now, ARGV[1])
            redis.call('ZREMRANGEBYRANK', index, 0, -1001)
            if ARGV[5] == '1' then redis.call('XADD', bell, 'MAXLEN', '~', 1000, '*', 'look', 1) end
            return {0, now}
            """)

    /// Takes tasks over to run them: those of replicas that are not heard of any more, then those that wait. For each
    /// `{id, attempt, losses, offset after the last event, cancel, fields…}`.
    ///
    /// A run that had told something is begun anew: its events go, and the next one tells of that. Keys: queue.
    /// Arguments: what all keys begin with, most tasks, who takes them, milliseconds of the lease (0: look for those
    /// that wait alone), the names of the fields.
    let take = RedisScript(
        common + """
            local queue, prefix, most, lease = KEYS[1], ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[4])
            local found, lost = {}, {}
            local function all(entries, is_lost)
              for _, entry in ipairs(entries) do
                if entry[2] then
                  found[#found + 1] = {entry[1], entry[2][2]}
                  lost[#found] = is_lost
                end
              end
            end
            if redis.call('EXISTS', queue) == 0 then return {} end
            if #redis.call('XINFO', 'GROUPS', queue) == 0 then
              redis.call('XGROUP', 'CREATE', queue, '\(group)', '0')
            end
            local cursor = '0-0'
            while lease > 0 and #found < most and cursor do
              local reply = redis.call('XAUTOCLAIM', queue, '\(group)', '\(consumer)', lease, cursor,
                'COUNT', most - #found)
              all(reply[2], true)
              cursor = reply[1] ~= '0-0' and reply[1]
            end
            if #found < most then
              local reply = redis.call('XREADGROUP', 'GROUP', '\(group)', '\(consumer)', 'COUNT', most - #found,
                'STREAMS', queue, '>')
              if reply then all(reply[1][2], false) end
            end
            local tasks = {}
            for place, entry in ipairs(found) do
              local id = entry[2]
              local task, log = prefix .. 'task:' .. id, prefix .. 'log:' .. id
              local state, known = unpack(redis.call('HMGET', task, 'state', 'entry'))
              if (state == 'queued' or state == 'running') and known == entry[1] then
                local attempt = redis.call('HINCRBY', task, 'attempt', 1)
                if lost[place] then redis.call('HINCRBY', task, 'losses', 1) end
                local after = top(log)
                if after > 0 then
                  local event = '{"event":"stage","data":{"stage":"restarted","run":' .. attempt .. '}}'
                  redis.call('HSET', task, 'first', after, 'oldest', after, 'progress', '{"stage":"restarted"}')
                  redis.call('DEL', log)
                  after = after + 1
                  redis.call('XADD', log, string.format('%d-0', after), 's', #event .. 'p', 'd', event)
                end
                redis.call('HSET', task, 'state', 'running', 'holder', ARGV[3], 'updated', seconds())
                local losses, cancel = unpack(redis.call('HMGET', task, 'losses', 'cancel'))
                tasks[#tasks + 1] = {id, attempt, tonumber(losses), after, cancel or '',
                  unpack(redis.call('HMGET', task, unpack(ARGV, 5)))}
              else
                redis.call('XACK', queue, '\(group)', entry[1])
                redis.call('XDEL', queue, entry[1])
              end
            end
            return tasks
            """)

    /// Adds events to those of a task: the offset after the last event that is there, which is not the one after these
    /// if others have to come first; -1: somebody else has the task.
    ///
    /// Keys: task, log. Arguments: attempt, offsets of the first event, after the last, and of the oldest that is kept,
    /// the progress (empty: as it was), the record's fields.
    let append = RedisScript(
        common + """
            local task, log = unpack(KEYS)
            local attempt, state = unpack(redis.call('HMGET', task, 'attempt', 'state'))
            if attempt ~= ARGV[1] or state ~= 'running' then return -1 end
            local first, after, oldest = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
            local there = top(log)
            if there ~= first and (there >= oldest or first ~= oldest) then return there end
            redis.call('XADD', log, 'MINID', string.format('%d', oldest + 1), string.format('%d-0', after),
              unpack(ARGV, 6))
            if tonumber(redis.call('HGET', task, 'oldest') or 0) < oldest then
              redis.call('HSET', task, 'oldest', oldest)
            end
            if ARGV[5] ~= '' then redis.call('HSET', task, 'progress', ARGV[5], 'updated', seconds()) end
            return after
            """)

    /// Says that the tasks of a worker are being made. For each 1; 2: somebody wants it to stop; 0: another has it.
    ///
    /// Keys: queue. Arguments: what all keys begin with, then id and attempt of each.
    let renew = RedisScript(
        """
        local answers = {}
        for place = 2, #ARGV, 2 do
          local attempt, state, entry, cancel = unpack(redis.call('HMGET', ARGV[1] .. 'task:' .. ARGV[place],
            'attempt', 'state', 'entry', 'cancel'))
          if state ~= 'running' or attempt ~= ARGV[place + 1] then
            answers[#answers + 1] = 0
          else
            redis.pcall('XCLAIM', KEYS[1], '\(group)', '\(consumer)', 0, entry, 'JUSTID')
            answers[#answers + 1] = cancel and 2 or 1
          end
        end
        return answers
        """)

    /// Ends a task: -2: it is over, as `{status}` says; -1: somebody else has it; else the offset after the last event
    /// that is there, which is too low.
    ///
    /// Keys: task, log, queue, counts, kept. Arguments: id, attempt, the offset after the last event, status, failure
    /// and last event; failure and event of a task that was cancelled; the progress, bytes of events, seconds for which
    /// results are kept, bytes of all of them, what all keys begin with.
    let end = RedisScript(
        common + finish + """
            local attempt, state, cancel = unpack(redis.call('HMGET', KEYS[1], 'attempt', 'state', 'cancel'))
            if attempt ~= ARGV[2] then return {-1} end
            if state ~= 'running' then return state == 'queued' and {-1} or {-2, state} end
            local there = top(KEYS[2])
            if there < tonumber(ARGV[3]) then return {there} end
            local status, failure, event = ARGV[4], ARGV[5], ARGV[6]
            if cancel then status, failure, event = 'cancelled', ARGV[7], ARGV[8] end
            finish(ARGV[1], status, failure, event, ARGV[9], tonumber(ARGV[10]), tonumber(ARGV[11]),
              tonumber(ARGV[12]), ARGV[13])
            return {-2, status}
            """)

    /// Stops a task: one that waits is over at once, and its fields are told; whoever runs it is told. Null: it did not
    /// wait.
    ///
    /// Keys: as of `end`, and the bell. Arguments: id, failure and event of a task that was cancelled, seconds for
    /// which results are kept, bytes of all of them, what all keys begin with, the names of the fields.
    let cancel = RedisScript(
        common + finish + """
            local state = redis.call('HGET', KEYS[1], 'state')
            if state == 'queued' then
              local fields = redis.call('HMGET', KEYS[1], unpack(ARGV, 7))
              finish(ARGV[1], 'cancelled', ARGV[2], ARGV[3], '', 0, tonumber(ARGV[4]), tonumber(ARGV[5]), ARGV[6])
              return fields
            elseif state == 'running' then
              redis.call('HSET', KEYS[1], 'cancel', 1)
              redis.call('XADD', KEYS[6], 'MAXLEN', '~', 1000, '*', 'cancel', ARGV[1])
            end
            return false
            """)

    /// Puts a task back into the queue, so that another replica takes it at once.
    ///
    /// Keys: task, queue, bell. Arguments: id, attempt.
    let giveBack = RedisScript(
        """
        local attempt, state, entry = unpack(redis.call('HMGET', KEYS[1], 'attempt', 'state', 'entry'))
        if attempt ~= ARGV[2] or state ~= 'running' then return 0 end
        redis.call('XACK', KEYS[2], '\(group)', entry)
        redis.call('XDEL', KEYS[2], entry)
        redis.call('HSET', KEYS[1], 'state', 'queued', 'entry', redis.call('XADD', KEYS[2], '*', 'id', ARGV[1]))
        redis.call('HDEL', KEYS[1], 'holder')
        redis.call('XADD', KEYS[3], 'MAXLEN', '~', 1000, '*', 'look', 1)
        return 1
        """)

    /// A task as it stands: whether its events are there, then its fields; null: nobody knows it.
    ///
    /// Keys: task, log. Arguments: the names of the fields.
    let find = RedisScript(
        """
        if redis.call('EXISTS', KEYS[1]) == 0 then return false end
        return {redis.call('EXISTS', KEYS[2]), unpack(redis.call('HMGET', KEYS[1], unpack(ARGV)))}
        """)

    /// The newest tasks: how many are known, about, then for each its id and what `find` tells.
    ///
    /// Keys: counts, kept, index. Arguments: what all keys begin with, most tasks, the names of the fields.
    let list = RedisScript(
        """
        local tasks = {(tonumber(redis.call('HGET', KEYS[1], 'all') or 0)) + redis.call('ZCARD', KEYS[2])}
        for _, id in ipairs(redis.call('ZREVRANGE', KEYS[3], 0, ARGV[2] - 1)) do
          if redis.call('EXISTS', ARGV[1] .. 'task:' .. id) == 1 then
            tasks[#tasks + 1] = {id, redis.call('EXISTS', ARGV[1] .. 'log:' .. id),
              unpack(redis.call('HMGET', ARGV[1] .. 'task:' .. id, unpack(ARGV, 3)))}
          end
        end
        return tasks
        """)
}
