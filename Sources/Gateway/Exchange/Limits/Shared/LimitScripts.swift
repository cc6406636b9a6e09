import Upstreams

/// The scripts by which Redis counts limits: each runs as one step, in which nothing else changes.
///
/// One set per client. Times are microseconds since 1970 on the server's clock. Layout of the keys: docs/scaling.md.
struct LimitScripts {
    /// Asks all terms of a request, then takes all or nothing.
    let admit: RedisScript
    /// Applies changes to counters, as they come.
    let settle: RedisScript
    /// Keeps places for another lease.
    let renew: RedisScript
    /// Shows that a replica lives.
    let beat: RedisScript
    /// Tells what was used of budgets.
    let read: RedisScript

    /// `clock`: a Lua expression for the time in microseconds; nil: the server's.
    init(clock: String? = nil) {
        let clock = clock.map { "local now = \($0)\n" } ?? Self.serverClock
        admit = RedisScript(clock + Self.memory + Self.window + Self.bucket + Self.budget + Self.admission)
        settle = RedisScript(clock + Self.memory + Self.window + Self.bucket + Self.budget + Self.settlement)
        renew = RedisScript(clock + Self.renewal)
        beat = RedisScript(clock + Self.heartbeat)
        read = RedisScript(clock + Self.budget + Self.reading)
    }

    private static let serverClock = """
        local time = redis.call('TIME')
        local now = time[1] * 1000000 + time[2]

        """

    /// Which of a worker's commands took effect, and when: a string of pairs of doubles, number and time, of which a later
    /// one takes the place of one with the same remainder.
    private static let memory = """
        local function remember(key, number, time)
          redis.call('SETRANGE', key, number % 4096 * 16, struct.pack('<dd', number, time))
        end

        local function remembered(key, number)
          local place = number % 4096 * 16
          local data = redis.call('GETRANGE', key, place, place + 15)
          if #data < 16 then return end
          local found, time = struct.unpack('<dd', data)
          if found == number and time > 0 then return time end
        end

        """

    /// KEYS: the worker's memory, then the counter of each term. ARGV: the moment from which it is too late, the number of
    /// the command, the holder of places (empty: nothing is to be taken); then for each term what `LimitWire.append(_:)`
    /// writes. Answers 1 taken, 0 not taken, 2 too late; the time; for each term a finding, as `LimitWire` reads it.
    private static let admission = """
        local deadline, number, holder = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3]
        if deadline > 0 and now > deadline then return {2, now} end
        local terms, passes, counts = {}, holder ~= '', false
        for i = 2, #KEYS do
          local key, a = KEYS[i], 4 + (i - 2) * 7
          local limit = tonumber(ARGV[a + 2])
          local t = {kind = ARGV[a], key = key, second = ARGV[a + 3], third = ARGV[a + 4],
            needed = tonumber(ARGV[a + 5]), hoped = tonumber(ARGV[a + 6]),
            state = 0, amount = 0, used = 0, wait = -1, period = 0, remaining = 0, reset = 0}
          if t.kind == 's' or t.kind == 'g' then
            local capacity = tonumber(t.third)
            local open = t.kind == 's' and window_open or bucket_open
            t.meter = open(key, limit, tonumber(t.second))
            t.used = t.meter:used()
            t.room = math.max(0, capacity - t.used)
            if t.needed <= t.room then
              t.amount = t.needed + math.min(t.hoped, t.room - t.needed)
            else
              t.state = 2
              if t.needed <= capacity then t.wait = math.max(0, t.meter:at_most(capacity - t.needed) - now) end
            end
          elseif t.kind == 'c' then
            t.used = redis.call('ZCOUNT', key, string.format('(%.0f', now), '+inf')
            if t.used >= limit or t.third == '1' then t.state = 1 end
          else
            t.account = budget_open(key, t.second)
            t.used = t.account.used
            t.period = t.account.period
            if t.account.ends then t.reset = (t.account.ends - math.floor(now / 1000000)) * 1000000 end
            local room = math.max(0, limit - t.used)
            if t.needed <= room and (room > 0 or t.hoped == 0) then
              t.amount = t.needed + math.min(t.hoped, room - t.needed)
            else
              t.state = 2
              if t.account.ends then t.wait = t.reset end
            end
          end
          if t.state > 0 and ARGV[a + 1] == '0' then passes = false end
          if t.state == 0 and t.amount > 0 then counts = true end
          terms[i - 1] = t
        end
        if passes and counts then remember(KEYS[1], number, now) end
        local reply = {passes and 1 or 0, now}
        for _, t in ipairs(terms) do
          local takes = passes and t.state == 0
          if t.meter then
            if takes then
              t.meter:take(t.amount)
              t.room = t.room - t.amount
            end
            t.remaining = t.room
            t.reset = math.max(0, t.meter:at_most(0) - now)
          elseif takes and t.account then
            budget_take(t.account, t.amount)
          elseif takes then
            local lease = tonumber(t.second)
            redis.call('ZREMRANGEBYSCORE', t.key, '-inf', string.format('%.0f', now))
            redis.call('ZADD', t.key, string.format('%.0f', now + lease), holder)
            redis.call('PEXPIRE', t.key, math.ceil(lease / 1000) + 1000)
          end
          for _, value in ipairs({t.state, t.amount, t.used, t.wait, t.period, t.remaining, t.reset}) do
            reply[#reply + 1] = value
          end
        end
        return reply
        """

    /// KEYS: the worker's memory, then the counter of each change. ARGV: the moment from which it is too late, the number
    /// of the command, 1 if the changes take back what a command of this number did, else 0; then for each counter its
    /// change. Does so once, however often it is sent. Answers 1 done, 2 too late.
    private static let settlement = """
        local deadline, number, undoes = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3] == '1'
        if deadline > 0 and now > deadline then return {2, now} end
        local done = remembered(KEYS[1], number)
        if undoes ~= (done ~= nil) then return {1, now} end
        remember(KEYS[1], number, undoes and 0 or now)
        for i = 2, #KEYS do
          local key, a = KEYS[i], 4 + (i - 2) * 6
          local kind, amount = ARGV[a], tonumber(ARGV[a + 3])
          if kind == 'c' then
            redis.call('ZREM', key, ARGV[a + 4])
          elseif kind == 'b' then
            local account = budget_open(key, ARGV[a + 1])
            if account.period == tonumber(ARGV[a + 5]) then
              budget_take(account, math.max(amount, -account.used))
            end
          else
            local open = kind == 's' and window_open or bucket_open
            local meter = open(key, tonumber(ARGV[a + 1]), tonumber(ARGV[a + 2]))
            local at = done or tonumber(ARGV[a + 4])
            if amount < 0 then
              meter:give_back(-amount, at)
            elseif at > 0 then
              meter:take_past(amount, math.min(at, now))
            else
              meter:take(amount)
            end
          end
        end
        return {1, now}
        """

    /// ARGV: for each key the lease and its holder.
    private static let renewal = """
        for i, key in ipairs(KEYS) do
          local lease = tonumber(ARGV[i * 2 - 1])
          redis.call('ZADD', key, string.format('%.0f', now + lease), ARGV[i * 2])
          redis.call('PEXPIRE', key, math.ceil(lease / 1000) + 1000)
        end
        return {1, now}
        """

    /// KEYS: the replicas, the mark of this data set, the worker's memory. ARGV: the replica, how long it counts without
    /// another beat, a mark for a data set that has none, and how long the memory lasts in milliseconds. Answers the time,
    /// the number of replicas, the mark.
    private static let heartbeat = """
        redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now))
        redis.call('ZADD', KEYS[1], string.format('%.0f', now + ARGV[2]), ARGV[1])
        redis.call('SET', KEYS[2], ARGV[3], 'NX')
        redis.call('SET', KEYS[3], '', 'NX')
        redis.call('PEXPIRE', KEYS[3], ARGV[4])
        return {now, redis.call('ZCARD', KEYS[1]), redis.call('GET', KEYS[2])}
        """

    /// ARGV: for each key the budget's period. Answers what was used, or -1 where nothing is known.
    private static let reading = """
        local reply = {}
        for i, key in ipairs(KEYS) do
          local account = budget_open(key, ARGV[i])
          reply[i] = account.known and account.used or -1
        end
        return reply
        """
}
