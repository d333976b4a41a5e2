-- The devices of a thread: a hash of the known ones, id to 6 bytes (last seen, milliseconds, big endian) + the
-- packed {id, kind, name, online} up to `online`; and a sorted set of the online ones, `<hub> <device>` by
-- expiry: a killed hub refreshes nothing, so its devices fade.
local DEVICES_KEPT = 50
local SEEN_EVERY = 3600000

-- The ids that are online; and whether some were taken off, since nobody has spoken for them.
local function online_of(online, now)
  local members, found = redis.call('ZRANGE', online, 0, -1, 'WITHSCORES'), {}
  now = tonumber(now)
  local faded = #members > 0 and tonumber(members[2]) <= now
  if faded then redis.call('ZREMRANGEBYSCORE', online, '-inf', now) end
  for i = 1, #members, 2 do
    if not faded or tonumber(members[i + 1]) > now then
      found[string.sub(members[i], string.find(members[i], ' ', 1, true) + 1)] = true
    end
  end
  return found, faded
end

-- The ids that are online, without taking any off: who does that has to tell the hubs.
local function online_now(online, now)
  local found = {}
  for _, member in ipairs(redis.call('ZRANGEBYSCORE', online, '(' .. now, '+inf')) do
    found[string.sub(member, string.find(member, ' ', 1, true) + 1)] = true
  end
  return found
end

-- A packed list of {id, kind, name, online (1|0)}; `known` is the hash, flat.
local function packed_devices(known, is_online)
  local count, parts = #known / 2, {}
  parts[1] = count < 16 and string.char(144 + count) or struct.pack('>BI2', 220, count)
  for i = 1, #known, 2 do
    parts[#parts + 1] = string.sub(known[i + 1], 7)
    parts[#parts + 1] = is_online[known[i]] and '\1' or '\0'
  end
  return table.concat(parts)
end

local function devices_of(devices, is_online)
  return packed_devices(redis.call('HGETALL', devices), is_online)
end

-- Of those that are offline the one that joined longest ago; when all are online, of those. So what is told of
-- a thread's devices stays within a frame, however many there are: 50 of the longest ids and names are 100 kB.
local function forget_oldest(devices, known, is_online)
  local oldest, rank
  for i = 1, #known, 2 do
    local joined = struct.unpack('>I6', known[i + 1]) + (is_online[known[i]] and 2 ^ 48 or 0)
    if not rank or joined < rank then oldest, rank = i, joined end
  end
  redis.call('HDEL', devices, known[oldest])
  table.remove(known, oldest)
  table.remove(known, oldest)
end

-- Notes a device in the hash and in `known`; one that is known as it is, only once an hour.
local function remember(devices, known, is_online, id, device, now)
  local place = #known + 1
  for i = 1, #known, 2 do
    if known[i] == id then place = i break end
  end
  local value = known[place + 1]
  local fresh = value and string.sub(value, 7) == device and now - struct.unpack('>I6', value) < SEEN_EVERY
  if fresh then return end
  known[place], known[place + 1] = id, struct.pack('>I6', now) .. device
  redis.call('HSET', devices, id, known[place + 1])
  if #known > 2 * DEVICES_KEPT then forget_oldest(devices, known, is_online) end
end
