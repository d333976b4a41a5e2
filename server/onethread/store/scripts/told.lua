-- Notes what came of telling a webhook the first record of a thread.
-- idempotent: no
-- include: time
--
-- Atomic: the look whether it is still this hub's, the record's end or its next try, and which is next.
--
-- KEYS  what the webhook's keys begin with (lib/outbox.lua)
-- ARGV  thread, until when it is taken, what came of it (told|dropped|again|later|dead), after how many milliseconds it
--       is tried next ("" unless later), why it failed, how many given up are kept
-- gives 1, or 0 when it is another's by now, or was erased
local hook, thread, came, why = KEYS[1], ARGV[1], ARGV[3], ARGV[5]
local call = redis.call
local due, queue, tries = hook .. ':due', hook .. ':queue:' .. thread, hook .. ':tries'

if tonumber(call('ZSCORE', due, thread) or 0) ~= tonumber(ARGV[2]) then return 0 end
local now = store_ms()

local function bury(record)
  local id = string.match(record, '(%S+)$')
  local count = tonumber(call('HGET', tries, thread) or 0) + 1
  call('HSET', hook .. ':dead:' .. thread, id, cmsgpack.pack({record, count, why}))
  -- No two at the same time, so that a page ends at a number.
  local last = call('ZRANGE', hook .. ':dead', -1, -1, 'WITHSCORES')[2] or 0
  call('ZADD', hook .. ':dead', math.max(now, last + 1), thread .. ' ' .. id)
  for _ = 1, call('ZCARD', hook .. ':dead') - ARGV[6] do
    local of, oldest = string.match(call('ZPOPMIN', hook .. ':dead')[1], '^(%S+) (%S+)$')
    call('HDEL', hook .. ':dead:' .. of, oldest)
  end
end

if came == 'told' then call('HSET', hook .. ':state', 'told', now) end
if why ~= '' then call('HSET', hook .. ':state', 'failed', now, 'why', why) end
if came == 'again' then
  call('ZADD', due, now, thread)
elseif came == 'later' then
  call('HINCRBY', tries, thread, 1)
  call('ZADD', due, now + ARGV[4], thread)
else
  local record = call('LPOP', queue)
  if came == 'dead' then bury(record) end
  call('HDEL', tries, thread)
  if call('EXISTS', queue) == 1 then call('ZADD', due, now, thread) else call('ZREM', due, thread) end
end
return 1
