-- Puts what was given up of a webhook back into the outbox, behind what its thread has there: it is told anew.
-- idempotent: no
-- include: time
--
-- Atomic: each goes from the one place to the other.
--
-- KEYS  what the webhook's keys begin with (lib/outbox.lua)
-- ARGV  at most how many, the oldest first [, `<thread> <id>` of the only one]
-- gives how many
local hook = KEYS[1]
local call = redis.call
local members = #ARGV > 1 and {ARGV[2]} or call('ZRANGE', hook .. ':dead', 0, ARGV[1] - 1)
local now, count = store_ms(), 0
for _, member in ipairs(members) do
  local thread, id = string.match(member, '^(%S+) (%S+)$')
  local letter = call('HGET', hook .. ':dead:' .. thread, id)
  if letter then
    call('HDEL', hook .. ':dead:' .. thread, id)
    call('ZREM', hook .. ':dead', member)
    call('RPUSH', hook .. ':queue:' .. thread, cmsgpack.unpack(letter)[1])
    call('ZADD', hook .. ':due', 'NX', now, thread)
    count = count + 1
  end
end
return count
