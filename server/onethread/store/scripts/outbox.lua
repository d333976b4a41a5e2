-- Takes what is due to be told to a webhook, for the hub that tells; of each thread the first record.
-- idempotent: no
-- include: time
--
-- Atomic: the lease, which one hub has, and the taking: nobody else is given the thread until it was told (told.lua) or
-- the time is over in which it must have been.
--
-- KEYS  what the webhook's keys begin with (lib/outbox.lua)
-- ARGV  prefix of the shard, hub, for how long it is to have the lease, how many threads, for how long they are taken
--       (milliseconds)
-- gives {} when another hub has the lease, else {now, {{thread, until when it is taken, tries, record, element ("" of a
--       contact's), contact ("" when it is gone), status, assignee}…}}
local hook, prefix, hub = KEYS[1], ARGV[1], ARGV[2]
local call = redis.call

local holder = call('GET', hook .. ':lease')
if holder and holder ~= hub then return {} end
call('SET', hook .. ':lease', hub, 'PX', ARGV[3])

local function subject_of(thread, record)
  local kind, number = string.match(record, '^%d+ (%S+) (%d+) ')
  local key = prefix .. thread
  local m = call('HMGET', key .. ':meta', 'status', 'assignee', 'moved')
  local contact = not m[3] and call('HGET', prefix .. 'contact:ct_' .. string.sub(thread, 4), 'blob')
  local element = ''
  if string.sub(kind, 1, 8) ~= 'contact.' then element = call('LINDEX', key .. ':log', number - 1) or '' end
  return element, contact or '', m[1] or '', m[2] or ''
end

local found, now = {}, store_ms()
local till = now + ARGV[5]
for _, thread in ipairs(call('ZRANGE', hook .. ':due', '-inf', now, 'BYSCORE', 'LIMIT', 0, ARGV[4])) do
  local record = call('LINDEX', hook .. ':queue:' .. thread, 0)
  local tries = tonumber(call('HGET', hook .. ':tries', thread) or 0)
  call('ZADD', hook .. ':due', till, thread)
  found[#found + 1] = {thread, till, tries, record, subject_of(thread, record)}
end
return {now, found}
