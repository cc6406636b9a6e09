/// The meters of rates and the accounts of budgets, in Lua: the same arithmetic as `SlidingWindow`, `LeakyBucket` and
/// `BudgetAccount`.
extension LimitScripts {
    /// A ring of stretches in a string of records of three doubles: first what is used and the numbers of the first
    /// stretch and of the one after the last, then each stretch with its first use, its last use and its amount.
    static let window = """
        local RING = 320
        local window = {}
        window.__index = window

        local function window_open(key, limit, length)
          local data = redis.call('GET', key)
          local m = setmetatable({key = key, length = length, data = data or '', sum = 0, head = 0, tail = 0}, window)
          if data then m.sum, m.head, m.tail = struct.unpack('<ddd', data) end
          while m.head < m.tail do
            local _, last, amount = m:stretch(m.head)
            if last + length > now then return m end
            m.sum = m.sum - amount
            m.head = m.head + 1
          end
          m.head, m.tail = 0, 0
          return m
        end

        function window:stretch(i)
          if self.changed == i then return self.first, self.last, self.amount end
          return struct.unpack('<ddd', self.data, 25 + i % RING * 24)
        end

        -- A second change of one call must find the first one.
        function window:write(i, first, last, amount)
          self.changed, self.first, self.last, self.amount = i, first, last, amount
          redis.call('SETRANGE', self.key, 0, struct.pack('<ddd', self.sum, self.head, self.tail))
          redis.call('SETRANGE', self.key, 24 + i % RING * 24, struct.pack('<ddd', first, last, amount))
          redis.call('PEXPIRE', self.key, math.ceil(self.length / 1000) + 1000)
        end

        function window:used() return self.sum end

        function window:append(amount, at)
          self.sum = self.sum + amount
          if self.tail > self.head then
            local first, last, known = self:stretch(self.tail - 1)
            at = math.max(at, last)
            if (at - first) * 256 <= self.length or self.tail - self.head == RING then
              return self:write(self.tail - 1, first, at, known + amount)
            end
          end
          self.tail = self.tail + 1
          self:write(self.tail - 1, at, at, amount)
        end

        function window:take(amount)
          if amount > 0 then self:append(amount, now) end
        end

        -- The first stretch that ended at the time or later.
        function window:find(at)
          local low, high = self.head, self.tail
          while low < high do
            local middle = math.floor((low + high) / 2)
            local _, last = self:stretch(middle)
            if last < at then low = middle + 1 else high = middle end
          end
          return low
        end

        function window:take_past(amount, at)
          if at + self.length <= now then return end
          local i = self:find(at)
          if i == self.tail then return self:append(amount, at) end
          local first, last, known = self:stretch(i)
          self.sum = self.sum + amount
          self:write(i, math.min(first, at), last, known + amount)
        end

        function window:give_back(amount, at)
          local i = self:find(at)
          if i == self.tail then return end
          local first, last, known = self:stretch(i)
          if first > at then return end
          local part = math.min(amount, known)
          self.sum = self.sum - part
          self:write(i, first, last, known - part)
        end

        function window:at_most(amount)
          local excess = self.sum - amount
          if excess <= 0 then return now end
          if amount == 0 then
            local i = self.tail - 1
            local _, last, known = self:stretch(i)
            while known == 0 do
              i = i - 1
              _, last, known = self:stretch(i)
            end
            return last + self.length
          end
          for i = self.head, self.tail - 1 do
            local _, last, known = self:stretch(i)
            excess = excess - known
            if excess <= 0 then return last + self.length end
          end
        end

        """

    /// Three doubles: the level, in amounts times the window, the window, and the time of both.
    static let bucket = """
        local bucket = {}
        bucket.__index = bucket

        local function bucket_open(key, limit, length)
          local data = redis.call('GET', key)
          local m = setmetatable({key = key, limit = limit, length = length, level = 0, at = now}, bucket)
          if data then
            local level, was, at = struct.unpack('<ddd', data)
            if was ~= length then level = level * length / was end
            m.at = math.max(now, at)
            m.level = math.max(0, level - (m.at - at) * limit)
          end
          return m
        end

        function bucket:used() return math.ceil(self.level / self.length) end

        function bucket:write()
          local rest = math.ceil(self.level / self.limit / 1000) + 1000
          redis.call('SET', self.key, struct.pack('<ddd', self.level, self.length, self.at), 'PX',
            string.format('%.0f', rest))
        end

        function bucket:take(amount)
          if amount <= 0 then return end
          self.level = self.level + amount * self.length
          self:write()
        end

        -- What of an amount cannot have run out since.
        function bucket:rest(amount, at)
          return math.max(0, amount * self.length - (self.at - at) * self.limit)
        end

        function bucket:take_past(amount, at)
          self.level = self.level + self:rest(amount, at)
          self:write()
        end

        function bucket:give_back(amount, at)
          self.level = math.max(0, self.level - self:rest(amount, at))
          self:write()
        end

        function bucket:at_most(amount)
          local excess = self.level - amount * self.length
          if excess <= 0 then return now end
          return self.at + math.ceil(excess / self.limit)
        end

        """

    /// A hash: `period`, its number; `ends`, its end in seconds since 1970, unless it has none; `used`.
    static let budget = """
        local function first_day(month)
          local year, rest = math.floor(month / 12), month % 12
          local before = year - 1
          local leaps = math.floor(before / 4) - math.floor(before / 100) + math.floor(before / 400)
          local is_leap = year % 4 == 0 and (year % 100 ~= 0 or year % 400 == 0)
          local days = ({0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334})[rest + 1]
          return before * 365 + leaps + days + (is_leap and rest > 1 and 1 or 0) - 719162
        end

        local function present_period(name, seconds)
          if name == 'hour' or name == 'day' then
            local length = name == 'hour' and 3600 or 86400
            local period = math.floor(seconds / length)
            return period, (period + 1) * length
          elseif name == 'month' then
            local day = math.floor(seconds / 86400)
            local month = (1970 + math.floor(day / 366)) * 12
            while first_day(month + 1) <= day do month = month + 1 end
            return month, first_day(month + 1) * 86400
          end
          return 0
        end

        local function budget_open(key, name)
          local seconds = math.floor(now / 1000000)
          local known = redis.call('HMGET', key, 'period', 'ends', 'used')
          local account = {key = key, used = 0, known = known[1]}
          account.period, account.ends = present_period(name, seconds)
          local period, ends = tonumber(known[1] or nil), tonumber(known[2] or nil)
          if known[1] and (period == account.period or ends and ends > seconds) then
            account.used = tonumber(known[3])
            account.period, account.ends = period, ends
            account.is_open = true
          end
          return account
        end

        local function budget_take(account, amount)
          if amount == 0 then return end
          if not account.is_open then
            redis.call('DEL', account.key)
            redis.call('HSET', account.key, 'period', account.period, 'used', 0)
            if account.ends then redis.call('HSET', account.key, 'ends', account.ends) end
          end
          redis.call('HINCRBY', account.key, 'used', string.format('%.0f', amount))
          if account.ends then
            redis.call('PEXPIRE', account.key, account.ends * 1000 - math.floor(now / 1000))
          elseif not account.is_open then
            redis.call('PERSIST', account.key)
          end
          account.is_open = true
        end

        """
}
