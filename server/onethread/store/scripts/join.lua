-- A device joins a stored thread: it is noted as online, and all that its `ready` says is read.
-- idempotent: yes
-- include: element
-- include: devices
-- include: inbox
--
-- Atomic: the device, the thread's state and its newest events are of one moment. Subscribe before.
--
-- KEYS  log, meta, devices, online, contact, inbox
-- ARGV  now, expiry, hub, device id, the device packed (lib/devices.lua), channel, how many newest events,
--       at most how many bytes, page, thread
-- gives {} for a thread that is not stored, else
--       {epoch, head, head's id, adm, read c, read a, unread c, unread a, status, devices, events (newest first)}
local log, meta, devices, online, contact = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local now, hub, id, channel, page = ARGV[1], ARGV[3], ARGV[4], ARGV[6], ARGV[9]

local m = redis.call('HMGET', meta, 'epoch', 'adm', 'rc', 'ra', 'cb', 'ab', 'status')
if not m[1] then return {} end
local is_online, faded = online_of(online, now)
local news = faded or not is_online[id]
redis.call('ZADD', online, ARGV[2], hub .. ' ' .. id)
is_online[id] = true
local known = redis.call('HGETALL', devices)
remember(devices, known, is_online, id, ARGV[5], now)
if page == '' then
  redis.call('HSET', contact, 'seen', now)
else
  redis.call('HSET', contact, 'seen', now, 'page', page)
  redis.call('SPUBLISH', channel, 'g' .. page)
end
local list = packed_devices(known, is_online)
if news then redis.call('SPUBLISH', channel, 'p' .. list) end

local head = redis.call('LLEN', log)
if news and head > 0 then row_changed_beside(KEYS[6], ARGV[10], meta) end
local events, size, wanted, bytes = {}, 0, tonumber(ARGV[7]), tonumber(ARGV[8])
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
local newest = events[1] or redis.call('LINDEX', log, -1)
local nc, na = counts_of(newest)
return {m[1], head, newest and id_of(newest) or '', tonumber(m[2] or 0), tonumber(m[3] or 0), tonumber(m[4] or 0),
  na - m[5], nc - m[6], m[7], list, events}
