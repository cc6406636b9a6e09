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
        let meters = Self.window + Self.bucket + Self.budget
        admit = RedisScript(
            clock + Self.remembering + meters + Self.windowOutlook + Self.bucketOutlook + Self.admission)
        settle = RedisScript(
            clock + Self.remembering + Self.remembered + meters + Self.windowPast + Self.bucketPast + Self.settlement)
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
    private static let remembering = """
        local function remember(key, number, time)
          redis.call('SETRANGE', key, number % 4096 * 16, struct.pack('<dd', number, time))
        end

        """

    private static let remembered = """
        local function remembered(key, number)
          local place = number % 4096 * 16
          local data = redis.call('GETRANGE', key, place, place + 15)
          if #data < 16 then return end
          local found, time = struct.unpack('<dd', data)
          if found == number and time > 0 then return time end
        end

        """

    /// KEYS: the worker's memory, then the counter of each term. ARGV: the moment from which it is too late, the number of
    /// the command, the holder of places (empty: nothing is to be taken); then, in one, what `LimitWire.pack` writes for
    /// each term. Answers in doubles: 1 taken, 0 not taken, 2 too late; the time; for each term a finding, as `LimitWire`
    /// reads it. Of places that were not given back some are cleared away now and then: none of them counts.
    private static let admission = """
        local WINDOW, BUCKET, PLACES = 1, 2, 3
        local deadline, number, holder, packed = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3], ARGV[4]
        if deadline > 0 and now > deadline then return struct.pack('<dd', 2, now) end
        local terms, passes, counts = {}, holder ~= '', false
        for i = 1, #KEYS - 1 do
          local key = KEYS[i + 1]
          local kind, shadow, limit, second, third, needed, hoped = struct.unpack('<ddddddd', packed, i * 56 - 55)
          local t = {kind = kind, key = key, second = second, meter = false, room = 0,
            state = 0, amount = 0, used = 0, wait = -1, period = 0, remaining = 0, reset = 0}
          if kind == WINDOW or kind == BUCKET then
            local m
            if kind == WINDOW then
              m = window_open(key, second)
              t.used = m.sum
            else
              m = bucket_open(key, limit, second)
              t.used = math.ceil(m.level / second)
            end
            t.meter = m
            t.room = math.max(0, third - t.used)
            if needed <= t.room then
              t.amount = needed + math.min(hoped, t.room - needed)
            else
              t.state = 2
              if needed <= third then
                local at_most = kind == WINDOW and window_at_most or bucket_at_most
                t.wait = math.max(0, at_most(m, third - needed) - now)
              end
            end
          elseif kind == PLACES then
            t.used = redis.call('ZCOUNT', key, string.format('(%.0f', now), '+inf')
            if t.used >= limit or third == 1 then t.state = 1 end
          else
            local account = budget_open(key, second)
            t.meter = account
            t.used = account.used
            t.period = account.period
            if account.ends then t.reset = (account.ends - math.floor(now / 1000000)) * 1000000 end
            local room = math.max(0, limit - t.used)
            if needed <= room and (room > 0 or hoped == 0) then
              t.amount = needed + math.min(hoped, room - needed)
            else
              t.state = 2
              if account.ends then t.wait = t.reset end
            end
          end
          if t.state > 0 and shadow == 0 then passes = false end
          if t.state == 0 and t.amount > 0 then counts = true end
          terms[i] = t
        end
        if passes and counts then remember(KEYS[1], number, now) end
        local reply = struct.pack('<dd', passes and 1 or 0, now)
        for i = 1, #terms do
          local t = terms[i]
          local takes = passes and t.state == 0
          if t.kind == WINDOW or t.kind == BUCKET then
            local take, at_most = bucket_take, bucket_at_most
            if t.kind == WINDOW then take, at_most = window_take, window_at_most end
            if takes then
              take(t.meter, t.amount)
              t.room = t.room - t.amount
            end
            t.remaining = t.room
            t.reset = math.max(0, at_most(t.meter, 0) - now)
          elseif takes and t.kind == PLACES then
            if number % 16 == 0 then
              redis.call('ZREMRANGEBYSCORE', t.key, '-inf', string.format('%.0f', now))
            end
            redis.call('ZADD', t.key, string.format('%.0f', now + t.second), holder)
            redis.call('PEXPIRE', t.key, math.ceil(t.second / 1000) + 1000)
          elseif takes then
            budget_take(t.meter, t.amount)
          end
          reply = reply ..
            struct.pack('<ddddddd', t.state, t.amount, t.used, t.wait, t.period, t.remaining, t.reset)
        end
        return reply
        """

    /// KEYS: the worker's memory, then the counter of each change. ARGV: the moment from which it is too late, the number
    /// of the command, 1 if the changes take back what a command of this number did, else 0; then, in one, each change;
    /// then the holder of each place that is given back. Does so once, however often it is sent. Answers 1 done, 2 too
    /// late.
    private static let settlement = """
        local WINDOW, PLACES, BUDGET = 1, 3, 4
        local deadline, number, undoes = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3] == '1'
        if deadline > 0 and now > deadline then return {2, now} end
        local done = remembered(KEYS[1], number)
        if undoes ~= (done ~= nil) then return {1, now} end
        remember(KEYS[1], number, undoes and 0 or now)
        local holders = 4
        for i = 1, #KEYS - 1 do
          local key = KEYS[i + 1]
          local kind, second, third, amount, at, period = struct.unpack('<dddddd', ARGV[4], i * 48 - 47)
          if kind == PLACES then
            holders = holders + 1
            redis.call('ZREM', key, ARGV[holders])
          elseif kind == BUDGET then
            local account = budget_open(key, second)
            if account.period == period then budget_take(account, math.max(amount, -account.used)) end
          else
            at = done or at
            if kind == WINDOW then
              local m = window_open(key, third)
              if amount < 0 then
                window_give_back(m, -amount, at)
              elseif at > 0 then
                window_take_past(m, amount, math.min(at, now))
              else
                window_take(m, amount)
              end
            else
              local m = bucket_open(key, second, third)
              if amount < 0 then
                bucket_give_back(m, -amount, at)
              elseif at > 0 then
                bucket_take_past(m, amount, math.min(at, now))
              else
                bucket_take(m, amount)
              end
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
    /// another beat, a mark for a data set that has none, and how long all of this lasts in milliseconds. Answers the time,
    /// the number of replicas, the mark.
    private static let heartbeat = """
        redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now))
        redis.call('ZADD', KEYS[1], string.format('%.0f', now + ARGV[2]), ARGV[1])
        redis.call('SET', KEYS[2], ARGV[3], 'NX')
        redis.call('SET', KEYS[3], '', 'NX')
        for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, ARGV[4]) end
        return {now, redis.call('ZCARD', KEYS[1]), redis.call('GET', KEYS[2])}
        """

    /// ARGV: for each key the number of the budget's period. Answers what was used, or -1 where nothing is known.
    private static let reading = """
        local reply = {}
        for i, key in ipairs(KEYS) do
          local account = budget_open(key, tonumber(ARGV[i]))
          reply[i] = account.known and account.used or -1
        end
        return reply
        """
}
