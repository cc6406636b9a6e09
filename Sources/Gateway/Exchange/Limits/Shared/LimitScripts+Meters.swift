/// The meters of rates and the accounts of budgets, in Lua: the same arithmetic as `SlidingWindow`, `LeakyBucket` and
/// `BudgetAccount`.
extension LimitScripts {
    /// A string of doubles: what is used, the numbers of the first stretch and of the one after the last, and the last
    /// stretch, with its first use, its last use and its amount; then a ring of the stretches before it. So what comes
    /// within a stretch is one write, and only a new one is a write to the ring and a new time to live.
    static let window = """
        local RING = 320

        local function window_stretch(m, i)
          if i == m.tail - 1 then return m.first, m.last, m.amount end
          return struct.unpack('<ddd', m.data, 49 + i % RING * 24)
        end

        local function window_open(key, length)
          local data = redis.call('GET', key)
          local sum, head, tail, first, last, amount = 0, 0, 0, 0, 0, 0
          if data then sum, head, tail, first, last, amount = struct.unpack('<dddddd', data) end
          local m = {key = key, length = length, data = data, sum = sum, head = head, tail = tail,
            first = first, last = last, amount = amount}
          while head < tail do
            local _, ended, part = window_stretch(m, head)
            if ended + length > now then
              m.head = head
              return m
            end
            m.sum = m.sum - part
            head = head + 1
          end
          m.sum, m.head, m.tail = 0, 0, 0
          return m
        end

        local function window_write(m)
          redis.call('SETRANGE', m.key, 0,
            struct.pack('<dddddd', m.sum, m.head, m.tail, m.first, m.last, m.amount))
        end

        -- What is written here is not read again in the same call.
        local function window_keep(m, i, first, last, amount)
          redis.call('SETRANGE', m.key, 48 + i % RING * 24, struct.pack('<ddd', first, last, amount))
        end

        -- The last use of a stretch is at most a 256th of the window after its first one.
        local function window_last(m)
          redis.call('PEXPIRE', m.key, math.ceil(m.length * 257 / 256000) + 1000)
        end

        local function window_append(m, amount, at)
          m.sum = m.sum + amount
          local is_full = m.tail - m.head == RING
          if m.tail > m.head then
            at = math.max(at, m.last)
            if is_full or (at - m.first) * 256 <= m.length then
              m.last, m.amount = at, m.amount + amount
              window_write(m)
              if is_full then window_last(m) end
              return
            end
            window_keep(m, m.tail - 1, m.first, m.last, m.amount)
          end
          m.tail = m.tail + 1
          m.first, m.last, m.amount = at, at, amount
          window_write(m)
          window_last(m)
        end

        local function window_take(m, amount)
          if amount > 0 then window_append(m, amount, now) end
        end

        """

    /// When a window has room for something.
    static let windowOutlook = """
        local function window_at_most(m, amount)
          local excess = m.sum - amount
          if excess <= 0 then return now end
          if amount == 0 then
            local i = m.tail - 1
            local _, last, known = window_stretch(m, i)
            while known == 0 do
              i = i - 1
              _, last, known = window_stretch(m, i)
            end
            return last + m.length
          end
          for i = m.head, m.tail - 1 do
            local _, last, known = window_stretch(m, i)
            excess = excess - known
            if excess <= 0 then return last + m.length end
          end
        end

        """

    /// Changes of a window's past.
    static let windowPast = """
        -- The first stretch that ended at the time or later.
        local function window_find(m, at)
          local low, high = m.head, m.tail
          while low < high do
            local middle = math.floor((low + high) / 2)
            local _, last = window_stretch(m, middle)
            if last < at then low = middle + 1 else high = middle end
          end
          return low
        end

        local function window_change(m, i, first, last, amount)
          if i == m.tail - 1 then
            m.first, m.last, m.amount = first, last, amount
          else
            window_keep(m, i, first, last, amount)
          end
          window_write(m)
        end

        local function window_take_past(m, amount, at)
          if at + m.length <= now then return end
          local i = window_find(m, at)
          if i == m.tail then return window_append(m, amount, at) end
          local first, last, known = window_stretch(m, i)
          m.sum = m.sum + amount
          window_change(m, i, math.min(first, at), last, known + amount)
        end

        local function window_give_back(m, amount, at)
          local i = window_find(m, at)
          if i == m.tail then return end
          local first, last, known = window_stretch(m, i)
          if first > at then return end
          local part = math.min(amount, known)
          m.sum = m.sum - part
          window_change(m, i, first, last, known - part)
        end

        """

    /// Three doubles: the level, in amounts times the window, the window, and the time of both.
    static let bucket = """
        local function bucket_open(key, limit, length)
          local data = redis.call('GET', key)
          local m = {key = key, limit = limit, length = length, level = 0, at = now}
          if data then
            local level, was, at = struct.unpack('<ddd', data)
            if was ~= length then level = level * length / was end
            m.at = math.max(now, at)
            m.level = math.max(0, level - (m.at - at) * limit)
          end
          return m
        end

        local function bucket_write(m)
          local rest = math.ceil(m.level / m.limit / 1000) + 1000
          redis.call('SET', m.key, struct.pack('<ddd', m.level, m.length, m.at), 'PX', string.format('%.0f', rest))
        end

        local function bucket_take(m, amount)
          if amount <= 0 then return end
          m.level = m.level + amount * m.length
          bucket_write(m)
        end

        """

    /// When a bucket has room for something.
    static let bucketOutlook = """
        local function bucket_at_most(m, amount)
          local excess = m.level - amount * m.length
          if excess <= 0 then return now end
          return m.at + math.ceil(excess / m.limit)
        end

        """

    /// Changes of a bucket's past.
    static let bucketPast = """
        -- What of an amount cannot have run out since.
        local function bucket_rest(m, amount, at)
          return math.max(0, amount * m.length - (m.at - at) * m.limit)
        end

        local function bucket_take_past(m, amount, at)
          m.level = m.level + bucket_rest(m, amount, at)
          bucket_write(m)
        end

        local function bucket_give_back(m, amount, at)
          m.level = math.max(0, m.level - bucket_rest(m, amount, at))
          bucket_write(m)
        end

        """

    /// A hash: `period`, its number; `ends`, its end in seconds since 1970, unless it has none; `used`. Lengths of periods
    /// by the numbers that `LimitWire` has for them.
    static let budget = """
        local HOUR, DAY, MONTH = 1, 2, 3

        local function first_day(month)
          local year, rest = math.floor(month / 12), month % 12
          local before = year - 1
          local leaps = math.floor(before / 4) - math.floor(before / 100) + math.floor(before / 400)
          local is_leap = year % 4 == 0 and (year % 100 ~= 0 or year % 400 == 0)
          local days = ({0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334})[rest + 1]
          return before * 365 + leaps + days + (is_leap and rest > 1 and 1 or 0) - 719162
        end

        local function present_period(kind, seconds)
          if kind == HOUR or kind == DAY then
            local length = kind == HOUR and 3600 or 86400
            local period = math.floor(seconds / length)
            return period, (period + 1) * length
          elseif kind == MONTH then
            local day = math.floor(seconds / 86400)
            local month = (1970 + math.floor(day / 366)) * 12
            while first_day(month + 1) <= day do month = month + 1 end
            return month, first_day(month + 1) * 86400
          end
          return 0
        end

        local function budget_open(key, kind)
          local seconds = math.floor(now / 1000000)
          local known = redis.call('HMGET', key, 'period', 'ends', 'used')
          local is_known = known[1] and true or false
          local period, ends = tonumber(known[1] or nil), tonumber(known[2] or nil)
          local is_open = is_known and ends ~= nil and ends > seconds
          if not is_open then
            local present, its_end = present_period(kind, seconds)
            is_open = is_known and period == present
            if not is_open then period, ends = present, its_end end
          end
          return {key = key, used = is_open and tonumber(known[3]) or 0, known = is_known, period = period, ends = ends,
            is_open = is_open}
        end

        local function budget_take(account, amount)
          if amount == 0 then return end
          if account.is_open then
            redis.call('HINCRBY', account.key, 'used', string.format('%.0f', amount))
            return
          end
          account.is_open = true
          redis.call('DEL', account.key)
          redis.call('HSET', account.key, 'period', account.period, 'used', string.format('%.0f', amount))
          if account.ends then
            redis.call('HSET', account.key, 'ends', account.ends)
            redis.call('PEXPIRE', account.key, account.ends * 1000 - math.floor(now / 1000))
          end
        end

        """
}
