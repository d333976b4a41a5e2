-- An agent looks at a stored thread; as a viewer, its name is noted too.
-- idempotent: yes
-- include: element
-- include: devices
-- include: newest
-- include: viewers
--
-- Atomic: the viewer, the thread's state, its contact and its newest events are of one moment. Subscribe before.
--
-- KEYS  log, meta, devices, online, contact, viewers
-- ARGV  now, expiry, hub, agent ("" only to look), channel, how many newest events, at most how many bytes
-- gives {} for a thread that is not stored | {moved, to} |
--       {epoch, head, head's id, adm, read c, read a, unread c, unread a, devices, events (newest first),
--        version, contact, seen, page, status, assignee, viewers}
local log, meta, devices, online, contact, viewers = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local now = ARGV[1]

local m = redis.call('HMGET', meta, 'epoch', 'adm', 'rc', 'ra', 'cb', 'ab', 'status', 'assignee', 'moved')
if m[9] then return {'moved', m[9]} end
if not m[1] then return {} end
local watching
if ARGV[4] ~= '' then
  watching = watch(viewers, ARGV[5], now, ARGV[2], ARGV[3], {ARGV[4]}, {})
else
  watching = viewers_of(viewers, now)
end
local c = redis.call('HMGET', contact, 'v', 'blob', 'seen', 'page')
local head, id, events = newest(log, tonumber(ARGV[6]), tonumber(ARGV[7]))
local nc, na = counts_of(redis.call('LINDEX', log, -1))
return {m[1], head, id, tonumber(m[2] or 0), tonumber(m[3] or 0), tonumber(m[4] or 0), na - m[5], nc - m[6],
  devices_of(devices, online_now(online, now)), events, tonumber(c[1] or 0), c[2] or '', tonumber(c[3] or 0), c[4] or '', m[7],
  m[8] or '', watching}
