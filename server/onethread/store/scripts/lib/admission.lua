-- Who is no longer admitted to a thread. `adm` in the meta counts every ending; `ends` maps what was ended
-- (open, unsigned, moved, erased, device:<id>) to the number at which it was. A connection that was admitted at a
-- lower number, and is meant by the name, is over. Hubs hear it at once and compare `adm` every 5 seconds.
local DEVICES_KEPT = 100

local function prune_devices(ends)
  local devices = {}
  for name, number in pairs(ends) do
    if string.sub(name, 1, 7) == 'device:' then devices[#devices + 1] = {number, name} end
  end
  table.sort(devices, function(a, b) return a[1] > b[1] end)
  for i = DEVICES_KEPT + 1, #devices do ends[devices[i][2]] = nil end
end

local function finish(meta, channel, names)
  local number = redis.call('HINCRBY', meta, 'adm', 1)
  local packed = redis.call('HGET', meta, 'ends')
  local ends = packed and cmsgpack.unpack(packed) or {}
  for _, name in ipairs(names) do ends[name] = number end
  prune_devices(ends)
  packed = cmsgpack.pack(ends)
  redis.call('HSET', meta, 'ends', packed)
  redis.call('SPUBLISH', channel, 'c' .. number .. ' ' .. packed)
  return number
end
