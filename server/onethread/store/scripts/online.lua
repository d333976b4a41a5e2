-- Keeps a hub's devices of a thread online, lets expired ones fade, and takes off those that left.
-- idempotent: yes
-- include: devices
--
-- Atomic: the refresh, the fading, the word to the hubs when a device has come or gone.
--
-- KEYS  meta, devices, online
-- ARGV  now, expiry, hub, channel, how many stay, ids that stay…, ids that left…
-- gives the devices, packed; "" for a thread that is not stored
local devices, online = KEYS[2], KEYS[3]
if redis.call('HEXISTS', KEYS[1], 'epoch') == 0 then return '' end
local news = fade(online, ARGV[1])
for i = 6, #ARGV do
  local member = ARGV[3] .. ' ' .. ARGV[i]
  local changed
  if i < 6 + tonumber(ARGV[5]) then
    changed = redis.call('ZADD', online, ARGV[2], member)
  else
    changed = redis.call('ZREM', online, member)
  end
  news = news or changed == 1
end
local list = devices_of(devices, online_of(online))
if news then redis.call('SPUBLISH', ARGV[4], 'p' .. list) end
return list
