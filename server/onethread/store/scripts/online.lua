-- Keeps a hub's devices of a thread online, lets expired ones fade, and takes off those that left.
-- idempotent: yes
-- include: devices
-- include: inbox
--
-- Atomic: the refresh, the fading, the row's rev, the word to the hubs when a device has come or gone.
--
-- KEYS  meta, devices, online, log, inbox
-- ARGV  now, expiry, hub, channel, thread, how many stay, ids that stay…, ids that left…
-- gives whether a device has come or gone (1|0)
local devices, online = KEYS[2], KEYS[3]
local AT_ONCE = 1000

local function changed(command, words)
  local count = 0
  for i = 1, #words, AT_ONCE do
    count = count + redis.call(command, online, unpack(words, i, math.min(i + AT_ONCE - 1, #words)))
  end
  return count > 0
end

if redis.call('HEXISTS', KEYS[1], 'epoch') == 0 then return 0 end
local stay, left = {}, {}
for i = 7, #ARGV do
  local member = ARGV[3] .. ' ' .. ARGV[i]
  if i < 7 + tonumber(ARGV[6]) then
    stay[#stay + 1] = ARGV[2]
    stay[#stay + 1] = member
  else
    left[#left + 1] = member
  end
end
local came, went = changed('ZADD', stay), changed('ZREM', left)
local is_online, faded = online_of(online, ARGV[1])
if not (came or went or faded) then return 0 end
redis.call('SPUBLISH', ARGV[4], 'p' .. devices_of(devices, is_online))
if redis.call('EXISTS', KEYS[4]) == 1 then row_changed_beside(KEYS[5], ARGV[5], KEYS[1]) end
return 1
