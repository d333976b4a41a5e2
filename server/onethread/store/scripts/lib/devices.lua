-- The devices of a thread: a hash of the known ones (id to packed {kind, name, last seen}) and a sorted set
-- of the online ones, `<hub> <device>` by expiry: a killed hub refreshes nothing, so its devices fade.
local DEVICES_KEPT = 50

-- Takes off the devices that nobody has spoken for; gives whether there were any.
local function fade(online, now)
  return redis.call('ZREMRANGEBYSCORE', online, '-inf', now) > 0
end

-- The online devices, as a set; with `now` without those that have faded but were not taken off yet.
local function online_of(online, now)
  local found, members = {}, nil
  if now then
    members = redis.call('ZRANGE', online, '(' .. now, '+inf', 'BYSCORE')
  else
    members = redis.call('ZRANGE', online, 0, -1)
  end
  for _, member in ipairs(members) do
    found[string.sub(member, string.find(member, ' ', 1, true) + 1)] = true
  end
  return found
end

-- A packed list of {id, kind, name, online (1|0)}, by id.
local function devices_of(devices, is_online)
  local known, list = redis.call('HGETALL', devices), {}
  for i = 1, #known, 2 do
    local device = cmsgpack.unpack(known[i + 1])
    list[#list + 1] = {known[i], device[1], device[2], is_online[known[i]] and 1 or 0}
  end
  table.sort(list, function(a, b) return a[1] < b[1] end)
  return cmsgpack.pack(list)
end

local function forget_oldest(devices, is_online)
  local known, oldest, at = redis.call('HGETALL', devices), nil, nil
  for i = 1, #known, 2 do
    local seen = cmsgpack.unpack(known[i + 1])[3]
    if not is_online[known[i]] and (not at or seen < at) then oldest, at = known[i], seen end
  end
  if oldest then redis.call('HDEL', devices, oldest) end
end

local function remember(devices, is_online, id, kind, name, now)
  redis.call('HSET', devices, id, cmsgpack.pack({kind, name, tonumber(now)}))
  if redis.call('HLEN', devices) > DEVICES_KEPT then forget_oldest(devices, is_online) end
end
