-- A device joins a stored thread: it is noted as online, and all that its `ready` says is read.
-- idempotent: yes
-- include: element
-- include: devices
--
-- Atomic: the device, the thread's state and its newest events are of one moment. Subscribe before.
--
-- KEYS  log, meta, devices, online, contact
-- ARGV  now, expiry, hub, device id, kind, name, channel, how many newest events, at most how many bytes, page
-- gives {} for a thread that is not stored, else
--       {epoch, head, head's id, adm, read c, read a, unread c, unread a, status, devices, events (newest first)}
local log, meta, devices, online, contact = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local now, hub, id, channel = ARGV[1], ARGV[3], ARGV[4], ARGV[7]

local m = redis.call('HMGET', meta, 'epoch', 'adm', 'rc', 'ra', 'cb', 'ab', 'status')
if not m[1] then return {} end
local faded = fade(online, now)
local is_online = online_of(online)
local news = faded or not is_online[id]
redis.call('ZADD', online, ARGV[2], hub .. ' ' .. id)
is_online[id] = true
remember(devices, is_online, id, ARGV[5], ARGV[6], now)
redis.call('HSET', contact, 'seen', now)
if ARGV[10] ~= '' then
  redis.call('HSET', contact, 'page', ARGV[10])
  redis.call('SPUBLISH', channel, 'g' .. ARGV[10])
end
local list = devices_of(devices, is_online)
if news then redis.call('SPUBLISH', channel, 'p' .. list) end

local head = redis.call('LLEN', log)
local newest = redis.call('LINDEX', log, -1)
local nc, na = counts_of(newest)
local events, size, wanted, bytes = {}, 0, tonumber(ARGV[8]), tonumber(ARGV[9])
local high = head
while high > 0 and wanted > 0 do
  local low = math.max(high - math.min(wanted, 16) + 1, 1)
  local chunk = redis.call('LRANGE', log, low - 1, high - 1)
  for i = #chunk, 1, -1 do
    if size > 0 and size + #chunk[i] > bytes then wanted = 0 break end
    events[#events + 1] = chunk[i]
    size = size + #chunk[i]
  end
  wanted, high = wanted - #chunk, low - 1
end
return {m[1], head, newest and id_of(newest) or '', tonumber(m[2] or 0), tonumber(m[3] or 0), tonumber(m[4] or 0),
  na - m[5], nc - m[6], m[7], list, events}
